import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Deployment } from "../../deployments/deployment.ts";
import { ended } from "../../deployments/status.ts";
import { Overtaken } from "../../errors/refusals.ts";
import type { Journal, NewRun, Phase } from "../../ports/runs.ts";
import { patiently } from "./away.ts";
import type { Changes } from "./changes.ts";
import type { Executor } from "./executor.ts";
import type { Messages } from "./messages.ts";
import type { createReporter } from "./reporter.ts";
import type { RightOfWay } from "./rightOfWay.ts";
import type { Rows } from "./rows.ts";

/** What one run in this process works with. */
export interface JournalTools {
  readonly rows: Rows;
  readonly messages: Messages;
  readonly rightOfWay: RightOfWay;
  readonly changes: Changes;
  readonly reporter: ReturnType<typeof createReporter>;
  readonly executor: Pick<Executor, "held">;
  /** Writes a run down that this one leads to, and enqueues it: two acts, since the store starts no run inside a step. */
  readonly writeDown: (run: NewRun) => Promise<unknown>;
  readonly enqueue: (run: NewRun) => Promise<void>;
}

/** The journal of a run inside the store's workflow. All of it waits while the database is away. */
export function createJournal(run: NewRun, tools: JournalTools): Journal {
  const { rows, messages, rightOfWay, changes, reporter, executor } = tools;
  const { id, stack } = run.view;
  let epoch: string | undefined;
  /** The epoch that this run took; waits while another process may have the run in hand. */
  const taken = async (): Promise<string> => {
    await executor.held();
    if (epoch === undefined) throw new Overtaken(stack);
    return epoch;
  };
  const once = <T>(name: string, act: () => Promise<T>): Promise<T> =>
    DBOS.runStep(
      async () => {
        await executor.held();
        reporter.live();
        return act();
      },
      { name },
    );
  return {
    id,
    once,
    take: async (phase: Phase) => {
      await executor.held();
      epoch = await rightOfWay.take({ id, stack }, phase);
      return epoch !== undefined;
    },
    mayWrite: async () => rightOfWay.check(stack, await taken()),
    exclusively: async (act) => rightOfWay.exclusively(stack, await taken(), act),
    knows: (change) => DBOS.patch(change),
    report: (view: Deployment) => {
      reporter.tell(view);
      // Who reads that a run has ended may start the next one.
      return ended(view.status) ? reporter.flush() : Promise.resolve();
    },
    messages: async (wait) => {
      for (;;) {
        wait?.signal.throwIfAborted();
        const news = wait && changes.wait(id, wait.signal);
        const all = await patiently(() => messages.of(id), wait?.signal);
        if (!wait || all.length > wait.after) return all;
        await news;
      }
    },
    close: () => patiently(() => messages.close(id)),
    passNoReturn: () => patiently(() => messages.passNoReturn(id)),
    follow: async (next) => {
      await once(`follow ${next.view.id}`, () => patiently(() => tools.writeDown(next)));
      await tools.enqueue(next);
    },
    list: (query) => patiently(() => rows.list(query)),
  };
}
