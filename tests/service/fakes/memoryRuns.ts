import { EventEmitter, once } from "node:events";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import { ended } from "../../../service/deployments/status.ts";
import { AlreadyEnded, Busy, UnknownDeployment } from "../../../service/errors/refusals.ts";
import type { Clock } from "../../../service/ports/clock.ts";
import type { Journal, Message, NewRun, RunQuery, Runs } from "../../../service/ports/runs.ts";

interface Row {
  readonly run: NewRun;
  view: Deployment;
  readonly messages: Message[];
  closed: boolean;
  /** Resolves when the run has ended, or died. */
  over: Promise<void>;
}

/** Runs in this process's memory: the port's contract without what survives a kill. */
export interface MemoryRuns extends Runs {
  /** Waits until the run has ended, and answers how it then looks. */
  end(id: string): Promise<Deployment>;
  /** Starts a queued run as if it were due. */
  due(id: string): void;
}

export function createMemoryRuns(
  conduct: (run: NewRun, journal: Journal) => Promise<void>,
  clock: Clock,
): MemoryRuns {
  const rows = new Map<string, Row>();
  const changed = new EventEmitter().setMaxListeners(0);
  const lanes = new Map<string, Promise<void>>();

  const find = (id: string): Row => {
    const row = rows.get(id);
    if (!row) throw new UnknownDeployment(id);
    return row;
  };

  const journalOf = (row: Row): Journal => {
    const recorded = new Map<string, unknown>();
    return {
      id: row.view.id,
      once: async <T>(name: string, act: () => Promise<T>) => {
        if (recorded.has(name)) throw new Error(`the run did '${name}' twice`);
        // What does not survive JSON would not survive a kill either.
        const answer = JSON.parse(JSON.stringify((await act()) ?? null)) as T;
        recorded.set(name, answer);
        return answer;
      },
      report: (view) => {
        row.view = view;
        changed.emit("change");
        return Promise.resolve();
      },
      messages: async (wait) => {
        while (wait && row.messages.length <= wait.after)
          await once(changed, "change", { signal: wait.signal });
        return [...row.messages];
      },
      close: () => {
        row.closed = true;
        return Promise.resolve([...row.messages]);
      },
      follow: async (run) => void (await runs.start(run)),
      list: (query) => runs.list(query),
    };
  };

  const begin = (row: Row) => {
    const lane = lanes.get(row.view.stack) ?? Promise.resolve();
    row.over = lane.then(() => conduct(row.run, journalOf(row)));
    lanes.set(
      row.view.stack,
      row.over.catch(() => {}),
    );
  };

  const runs: MemoryRuns = {
    start: (run) => {
      const already = rows.get(run.view.id);
      if (already) return Promise.resolve(already.view);
      const busy = [...rows.values()].find(
        ({ view }) => view.stack === run.view.stack && view.kind !== "rest" && !ended(view.status),
      );
      if (busy && run.view.kind !== "rest") return Promise.reject(new Busy(busy.view));
      const row: Row = { run, view: run.view, messages: [], closed: false, over: Promise.resolve() };
      rows.set(run.view.id, row);
      if (!run.view.dueAt || Date.parse(run.view.dueAt) <= clock.now().getTime()) begin(row);
      return Promise.resolve(run.view);
    },
    send: (id, message) => {
      const row = find(id);
      if (row.closed || ended(row.view.status)) return Promise.reject(new AlreadyEnded(row.view));
      row.messages.push(message);
      changed.emit("change");
      return Promise.resolve();
    },
    get: async (id, wait) => {
      const row = rows.get(id);
      while (row && wait && row.view.revision <= wait.newerThan && !wait.signal.aborted) {
        await once(changed, "change", { signal: wait.signal }).catch(() => {});
      }
      return row?.view;
    },
    list: (query) =>
      Promise.resolve(
        [...rows.values()]
          .map(({ view }) => view)
          .toReversed()
          .filter(matches(query))
          .slice(0, query.limit ?? 50),
      ),
    end: async (id) => {
      await find(id).over;
      return find(id).view;
    },
    due: (id) => begin(find(id)),
  };
  return runs;
}

function matches({ stack, status, kind }: RunQuery): (view: Deployment) => boolean {
  return (view) =>
    (stack === undefined || view.stack === stack) &&
    (status === undefined || view.status === status) &&
    (kind === undefined || kind.includes(view.kind));
}
