import { randomUUID } from "node:crypto";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import { dbRetryConfig } from "@dbos-inc/dbos-sdk/internal/utils";
import { detailsOf } from "../../errors/details.ts";
import { DatabaseAway } from "../../errors/refusals.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal, NewRun, Runs } from "../../ports/runs.ts";
import { createArrivals } from "./arrivals.ts";
import { isAway, patiently } from "./away.ts";
import { listenForChanges } from "./changes.ts";
import { openPool, openStorePool, type Access } from "./connections.ts";
import { createExecutor } from "./executor.ts";
import { createJournal } from "./journal.ts";
import { createMessages } from "./messages.ts";
import { createReporter } from "./reporter.ts";
import { forget } from "./retention.ts";
import { createRightOfWay } from "./rightOfWay.ts";
import { createRows } from "./rows.ts";
import { createTables, oneAtATime } from "./tables.ts";

export interface DbosRuns extends Runs {
  /** Runs begin, and those that dead instances left go on. Before, the store takes none and nothing is carried out. */
  readonly begin: () => Promise<void>;
  /** Resolves while nobody else may take up this process's runs: at once, or when the database is back. */
  readonly held: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** One lane a stack: runs of one stack go one at a time, in order of arrival. */
const queue = "stacks";

/**
 * Fixed: the store's own default is a hash of the code, and a run that an older build began would stay where it is.
 * A change of the steps' order needs a step's `since`, not a new version.
 */
const version = "1";

/** Seconds at most between two tries of the store while the database is away; its own default is a minute. */
const storeRetriesWithin = 1;

export interface RunLogger {
  readonly info: (entry: unknown) => void;
  readonly debug: (entry: unknown) => void;
  readonly warn: (entry: unknown) => void;
  readonly error: (entry: unknown) => void;
}

/**
 * Runs over DBOS on Postgres. One a process, since DBOS is global there; any number of processes on a database. Runs
 * of a process that died go on in another one, or in the next, from their last finished step.
 *
 * @param options.conduct what a run does; the store knows nothing of it
 * @param options.historyDays days that ended runs are kept; default: for ever
 * @param options.access the database, and this process's name among those on it, never used before
 * @param options.onLost called when another process took up this one's runs: it must end at once
 */
export async function createDbosRuns(options: {
  readonly access: Access;
  readonly conduct: (run: NewRun, journal: Journal) => Promise<void>;
  readonly clock: Clock;
  readonly logger: RunLogger;
  readonly historyDays?: number;
  readonly onLost: (why: string) => void;
}): Promise<DbosRuns> {
  const { access, conduct, clock, logger, historyDays, onLost } = options;
  const now = () => clock.now().toISOString();
  const warn = (error: unknown) => logger.warn(error);
  const pool = openPool(access, { max: 8, warn });
  const writes = openPool(access, { max: 6, warn });
  const store = openStorePool(access, { max: 6, warn });
  const rows = createRows(pool);
  const arrivals = createArrivals(pool);
  const rightOfWay = createRightOfWay({ pool, writes, executor: access.executor });
  const messages = createMessages(pool, rightOfWay);
  await createTables(pool);
  const changes = await listenForChanges(access);
  const executor = await createExecutor({
    access,
    adopt: async (dead) => void (await DBOSExecutor.globalInstance?.recoverPendingWorkflows([dead])),
    onLost,
    warn,
  });

  const work = DBOS.registerWorkflow(
    async (run: NewRun) => {
      const reporter = createReporter((view) => rows.report(view, access.executor));
      const writeDown = (next: NewRun) => arrivals.admit(next, () => Promise.resolve());
      const tools = { rows, messages, rightOfWay, changes, reporter, executor, writeDown, enqueue };
      try {
        await conduct(run, createJournal(run, tools));
        await reporter.flush();
      } catch (error) {
        logger.error(error);
        if (isAway(error)) {
          // Nothing that the run did is to blame, and it is not over: the next process goes on with it.
          onLost(`the run ${run.view.id} lost the database`);
          await new Promise<never>(() => {});
        }
        // A bug, or something that nobody thought of. The run is over, and a person has to look.
        const seen = (await patiently(() => rows.get(run.view.id))) ?? run.view;
        reporter.tell({ ...seen, status: "stuck", finishedAt: now(), error: detailsOf(error) });
        reporter.live();
        await reporter.flush();
      }
    },
    { name: "run", maxRecoveryAttempts: 1000 },
  );

  const wake = DBOS.registerWorkflow(() => Promise.resolve(), { name: "wake" });

  const sweepHistory = DBOS.registerWorkflow(
    async (_due: Date, days: unknown) => {
      const gone = await DBOS.runStep(() => forget(pool, Number(days)), { name: "forget" });
      logger.info(`${gone} runs that ended more than ${Number(days)} days ago are forgotten`);
    },
    { name: "forget" },
  );

  /** Enqueueing an id twice is enqueueing it once: the store keeps the first. */
  async function enqueue(run: NewRun): Promise<void> {
    const wait = run.view.dueAt ? (Date.parse(run.view.dueAt) - clock.now().getTime()) / 1000 : 0;
    const enqueueOptions = { queuePartitionKey: run.view.stack, ...(wait > 0 ? { delaySeconds: wait } : {}) };
    await DBOS.startWorkflow(work, { workflowID: run.view.id, queueName: queue, enqueueOptions })(run);
  }

  async function begin(): Promise<void> {
    dbRetryConfig.maxBackoffSec = storeRetriesWithin;
    DBOS.setConfig({
      name: "turnout",
      systemDatabaseUrl: access.url,
      systemDatabasePool: store,
      executorID: access.executor,
      applicationVersion: version,
      logger: quieter(logger),
      runMigrations: true,
      enablePatching: true,
    });
    await oneAtATime(pool, () => DBOS.launch());
    await DBOS.registerQueue(queue, { partitionConcurrency: 1, minPollingIntervalMs: 50 });
    await firstDispatch(wake);
    if (historyDays !== undefined) {
      // By the store's own clock: one run among all instances.
      const nightly = { scheduleName: "forget", schedule: "0 0 3 * * *", context: historyDays };
      await DBOS.applySchedules([{ ...nightly, workflowFn: sweepHistory }]);
    }
    await executor.watch();
  }

  return {
    begin,
    start: (run) => honestly(() => arrivals.admit(run, enqueue)),
    byKey: (key) => honestly(() => arrivals.byKey(key)),
    epoch: (stack) => honestly(() => arrivals.epoch(stack)),
    send: (run, message, key) =>
      honestly(() => messages.send(run, message, { now: now(), ...(key ? { key } : {}) })),
    get: async (run, wait) => {
      for (;;) {
        // Listening before looking: what happens in between is heard.
        const news = wait && changes.wait(run, wait.signal);
        const view = await honestly(() => rows.get(run));
        if (!view || !wait || view.revision > wait.newerThan || wait.signal.aborted) return view;
        await news;
      }
    },
    list: (query) => honestly(() => rows.list(query)),
    held: () => executor.held(),
    close: async () => {
      await DBOS.shutdown({ deregister: true });
      await changes.close();
      await executor.close();
      await Promise.all([pool, writes, store].map((one) => one.end()));
    },
  };
}

/** Who asks from outside is told that the database is away, and not made to wait. */
async function honestly<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw isAway(error) ? new DatabaseAway(error) : error;
  }
}

/** The store takes a second to find a queue that is new to it: here, not in somebody's first deployment. */
async function firstDispatch(wake: () => Promise<void>): Promise<void> {
  const handle = await DBOS.startWorkflow(wake, {
    queueName: queue,
    enqueueOptions: { queuePartitionKey: randomUUID() },
  })();
  await handle.getResult({ pollingIntervalMs: 20 });
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
