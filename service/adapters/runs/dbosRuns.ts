import { DBOS } from "@dbos-inc/dbos-sdk";
import pg from "pg";
import type { Deployment } from "../../deployments/deployment.ts";
import { ended } from "../../deployments/status.ts";
import { detailsOf } from "../../errors/details.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal, NewRun, Runs } from "../../ports/runs.ts";
import { claim } from "./claim.ts";
import { listenForChanges, type Changes } from "./changes.ts";
import { createReporter } from "./reporter.ts";
import { createRows, type Rows } from "./rows.ts";
import { createTables } from "./tables.ts";

/** One lane a stack: runs of one stack go one at a time, in order of arrival. */
const queue = "stacks";

/**
 * Fixed: the store's own default is a hash of the code, and a run that an older build began would stay where it is.
 * A change of the steps' order needs `DBOS.patch`, not a new version.
 */
const version = "1";

export interface RunLogger {
  readonly info: (entry: unknown) => void;
  readonly debug: (entry: unknown) => void;
  readonly warn: (entry: unknown) => void;
  readonly error: (entry: unknown) => void;
}

/**
 * Runs over DBOS on Postgres. One a process: DBOS is global there. Runs that an earlier process left go on at once.
 * `conduct` is what a run does; the store knows nothing of it.
 */
export async function createDbosRuns(options: {
  readonly url: string;
  readonly conduct: (run: NewRun, journal: Journal) => Promise<void>;
  readonly clock: Clock;
  readonly logger: RunLogger;
}): Promise<Runs & { readonly close: () => Promise<void> }> {
  const { url, conduct, clock, logger } = options;
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  pool.on("error", (error) => logger.warn(error));
  const giveUp = await claim(url);
  await createTables(pool);
  const rows = createRows(pool);
  const changes = await listenForChanges(url);

  const work = DBOS.registerWorkflow(
    async (run: NewRun) => {
      const reporter = createReporter((view) => rows.report(view));
      const journal = journalOf(run, { rows, changes, reporter, begin });
      try {
        await conduct(run, journal);
      } catch (error) {
        // A bug, or something that nobody thought of. The run is over, and a person has to look.
        logger.error(error);
        const now = clock.now().toISOString();
        reporter.tell({
          ...((await rows.get(run.view.id)) ?? run.view),
          status: "stuck",
          finishedAt: now,
          error: detailsOf(error),
        });
      }
      await reporter.flush();
    },
    { name: "run", maxRecoveryAttempts: 100 },
  );

  const wake = DBOS.registerWorkflow(() => Promise.resolve(), { name: "wake" });

  /** Starting an id twice is starting it once: the store keeps the first. */
  async function begin(run: NewRun): Promise<void> {
    const wait = run.view.dueAt ? (Date.parse(run.view.dueAt) - clock.now().getTime()) / 1000 : 0;
    const enqueueOptions = { queuePartitionKey: run.view.stack, ...(wait > 0 ? { delaySeconds: wait } : {}) };
    await DBOS.startWorkflow(work, { workflowID: run.view.id, queueName: queue, enqueueOptions })(run);
  }

  DBOS.setConfig({
    name: "turnout",
    systemDatabaseUrl: url,
    systemDatabasePoolSize: 8,
    executorID: "turnout",
    applicationVersion: version,
    logger: quieter(logger),
    runMigrations: true,
  });
  await DBOS.launch();
  await DBOS.registerQueue(queue, { partitionConcurrency: 1, minPollingIntervalMs: 50 });
  await firstDispatch(wake);
  // A process may have died between writing a run down and starting it.
  for (const run of await rows.unfinished()) await begin(run);

  return {
    start: async (run) => {
      if (await rows.insert(run)) await begin(run);
      return (await rows.get(run.view.id)) ?? run.view;
    },
    send: (id, message) => rows.send(id, message),
    get: async (id, wait) => {
      for (;;) {
        // Listening before looking: what happens in between is heard.
        const news = wait && changes.wait(id, wait.signal);
        const view = await rows.get(id);
        if (!view || !wait || view.revision > wait.newerThan || wait.signal.aborted) return view;
        await news;
      }
    },
    list: (query) => rows.list(query),
    close: async () => {
      await DBOS.shutdown({ deregister: true });
      await changes.close();
      await giveUp();
      await pool.end();
    },
  };
}

/** The store takes a second to find a queue that is new to it: here, not in somebody's first deployment. */
async function firstDispatch(wake: () => Promise<void>): Promise<void> {
  const handle = await DBOS.startWorkflow(wake, {
    queueName: queue,
    enqueueOptions: { queuePartitionKey: "" },
  })();
  await handle.getResult({ pollingIntervalMs: 20 });
}

function journalOf(
  run: NewRun,
  tools: {
    readonly rows: Rows;
    readonly changes: Changes;
    readonly reporter: ReturnType<typeof createReporter>;
    readonly begin: (run: NewRun) => Promise<void>;
  },
): Journal {
  const { rows, changes, reporter } = tools;
  const { id } = run.view;
  const once = <T>(name: string, act: () => Promise<T>): Promise<T> =>
    DBOS.runStep(
      () => {
        reporter.live();
        return act();
      },
      { name },
    );
  return {
    id,
    once,
    report: (view: Deployment) => {
      reporter.tell(view);
      // Who reads that a run has ended may start the next one.
      return ended(view.status) ? reporter.flush() : Promise.resolve();
    },
    messages: async (wait) => {
      for (;;) {
        wait?.signal.throwIfAborted();
        const news = wait && changes.wait(id, wait.signal);
        const all = await rows.messages(id);
        if (!wait || all.length > wait.after) return all;
        await news;
      }
    },
    close: () => rows.close(id),
    follow: async (next) => {
      await once(`follow ${next.view.id}`, () => rows.insert(next));
      // Not inside of a step: the store starts a run from a run, not from a step.
      await tools.begin(next);
    },
    list: (query) => rows.list(query),
  };
}

/** The store tells its whole life at `info`. */
function quieter(logger: RunLogger): RunLogger {
  return {
    ...logger,
    info: (entry) => logger.debug(entry),
    warn: (entry) => logger.warn(entry),
    error: (entry) => logger.error(entry),
    debug: () => {},
  };
}
