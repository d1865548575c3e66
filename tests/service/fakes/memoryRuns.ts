import { EventEmitter, once } from "node:events";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import { ended } from "../../../service/deployments/status.ts";
import {
  AlreadyEnded,
  Busy,
  KeyReused,
  Migrated,
  Overtaken,
  UnknownDeployment,
} from "../../../service/errors/refusals.ts";
import type { Clock } from "../../../service/ports/clock.ts";
import type {
  IdempotencyKey,
  Journal,
  Message,
  NewRun,
  RunQuery,
  Runs,
} from "../../../service/ports/runs.ts";

interface Row {
  readonly run: NewRun;
  view: Deployment;
  readonly messages: Message[];
  phase: "waiting" | "forward" | "back";
  closed: boolean;
  noReturn: boolean;
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
  const told = new Map<string, { readonly key: IdempotencyKey; readonly view: Deployment }>();
  const lanes = new Map<string, Promise<void>>();
  const epochs = new Map<string, number>();

  const raise = (stack: string): number => {
    const epoch = (epochs.get(stack) ?? 0) + 1;
    epochs.set(stack, epoch);
    return epoch;
  };

  const epochOf = (stack: string): string => String(epochs.get(stack) ?? 0);

  const find = (id: string): Row => {
    const row = rows.get(id);
    if (!row) throw new UnknownDeployment(id);
    return row;
  };

  const journalOf = (row: Row): Journal => {
    const recorded = new Map<string, unknown>();
    const { stack } = row.view;
    let epoch = 0;
    return {
      id: row.view.id,
      take: (phase) => {
        if (ended(row.view.status)) return Promise.resolve(false);
        row.phase = phase;
        epoch = raise(stack);
        return Promise.resolve(true);
      },
      mayWrite: () =>
        epochs.get(stack) === epoch ? Promise.resolve() : Promise.reject(new Overtaken(stack)),
      exclusively: async (act) => {
        if (epochs.get(stack) !== epoch) throw new Overtaken(stack);
        return act();
      },
      knows: () => Promise.resolve(true),
      once: async <T>(name: string, act: () => Promise<T>) => {
        if (recorded.has(name)) throw new Error(`the run did '${name}' twice`);
        // What does not survive JSON would not survive a kill either.
        const answer = JSON.parse(JSON.stringify((await act()) ?? null)) as T;
        recorded.set(name, answer);
        return answer;
      },
      report: (view) => {
        row.view = view;
        if (ended(view.status)) raise(stack);
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
      passNoReturn: () => {
        row.noReturn = true;
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

  const endWaiting = (stack: string) => {
    for (const row of rows.values()) {
      if (row.view.stack !== stack || row.view.kind !== "deployment" || row.phase !== "waiting") continue;
      const finishedAt = clock.now().toISOString();
      row.view = { ...row.view, status: "superseded", finishedAt, revision: row.view.revision + 1 };
    }
  };

  const runs: MemoryRuns = {
    start: async (run) => {
      const already = rows.get(run.view.id)?.view ?? (run.key && (await runs.byKey(run.key)));
      if (already) return already;
      const before = [...rows.values()].filter(
        ({ view, phase }) =>
          view.stack === run.view.stack &&
          !ended(view.status) &&
          (phase !== "waiting" || !view.dueAt || Date.parse(view.dueAt) <= clock.now().getTime()),
      );
      const busy = before.find(({ view }) => view.kind !== "rest");
      if (busy && run.view.kind !== "rest" && (run.onBusy ?? "reject") === "reject")
        throw new Busy(busy.view);
      if (run.onBusy === "supersede") endWaiting(run.view.stack);
      const late = before.length > 0 || (run.seenAt !== undefined && run.seenAt !== epochOf(run.view.stack));
      const waited: Pick<NewRun, "waited"> = late ? { waited: true } : {};
      const row: Row = {
        ...{ run: { ...run, ...waited }, view: run.view, messages: [] },
        ...{ phase: "waiting", closed: false, noReturn: false, over: Promise.resolve() },
      };
      rows.set(run.view.id, row);
      if (!run.view.dueAt || Date.parse(run.view.dueAt) <= clock.now().getTime()) begin(row);
      return run.view;
    },
    byKey: async (key) => {
      const row = [...rows.values()].find(({ run }) => run.key?.value === key.value);
      const first = told.get(key.value) ?? (row?.run.key && { key: row.run.key, view: row.run.view });
      if (first && first.key.request !== key.request) throw new KeyReused(key.value, first.view);
      return Promise.resolve(first?.view);
    },
    epoch: (stack) => Promise.resolve(epochOf(stack)),
    send: async (id, message, key) => {
      const first = key && (await runs.byKey(key));
      if (first) return first;
      const row = find(id);
      if (row.closed || ended(row.view.status)) throw new AlreadyEnded(row.view);
      if (key) told.set(key.value, { key, view: row.view });
      if (message.kind === "undo") {
        if (row.noReturn && !message.acceptMigrated) throw new Migrated(row.view.stack, row.view.image ?? id);
        if (row.phase === "forward") raise(row.view.stack);
        endWaiting(row.view.stack);
      }
      row.messages.push(message);
      changed.emit("change");
      return row.view;
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
          .filter((view, _, all) => isOlder(view, all, query))
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

/** The fake clock stands still between two runs: their order is that of arrival. */
function isOlder(view: Deployment, newestFirst: readonly Deployment[], { before }: RunQuery): boolean {
  return !before || newestFirst.indexOf(view) > newestFirst.findIndex(({ id }) => id === before.id);
}

function matches({ stack, status, kind }: RunQuery): (view: Deployment) => boolean {
  return (view) =>
    (stack === undefined || view.stack === stack) &&
    (status === undefined || view.status === status) &&
    (kind === undefined || kind.includes(view.kind));
}
