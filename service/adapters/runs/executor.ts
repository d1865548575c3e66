import { EventEmitter, once } from "node:events";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { isAlive } from "../processes.ts";
import { answersWithin, clientOf, sessionsOf, type Access } from "./connections.ts";

/** Milliseconds between two beats: a dead instance's runs wait about so long for another one. */
const beat = 500;
/**
 * Milliseconds that a beat lasts: after that this instance acts no more until the next one. Less than the server needs
 * to notice that a machine is gone, and less than `settles`.
 */
const lease = 3000;
/** Milliseconds that the others have to come back after an outage before they are taken for dead. */
const settles = 3500;
/** Milliseconds without a beat after which an instance that still has its session counts as dead: it hangs. */
const silence = 15_000;

/** SQL that is true for one session in the whole database for as long as that session lasts. */
export const executorLock = "pg_try_advisory_lock(hashtextextended('executor ' || $1, 0))";
export const executorUnlock = "select pg_advisory_unlock(hashtextextended('executor ' || $1, 0))";

/** This process among those that work on the database's runs. */
export interface Executor {
  /** Takes up what dead executors left, now and from now on. */
  watch(): Promise<void>;
  /** Resolves while nobody else may take up this process's runs: at once, or when the database is back. */
  held(): Promise<void>;
  close(): Promise<void>;
}

/** Another executor that has runs which did not end; host, pid and beats are null where it is forgotten. */
interface Other {
  readonly executor: string;
  readonly host: string | null;
  readonly pid: number | null;
  readonly beats: string | null;
}

/**
 * Makes this process an executor for as long as it has a session in the database: whoever finds the session gone takes
 * up its runs. An instance acts only for a while after its last beat, so one that was frozen, or cut off from the
 * database, has stopped before another one begins.
 *
 * @param options.adopt takes up the runs of an executor that is dead
 * @param options.onLost called when another process took up the runs of this one, which must end at once then
 */
export async function createExecutor(options: {
  readonly access: Access;
  readonly adopt: (executor: string) => Promise<void>;
  readonly onLost: (why: string) => void;
  readonly warn: (error: unknown) => void;
}): Promise<Executor> {
  const { access, adopt, onLost, warn } = options;
  const id = access.executor;
  const changed = new EventEmitter().setMaxListeners(0);
  const config = { ...clientOf(access), query_timeout: answersWithin };
  /** When others beat for the last time that was seen here, in `performance.now()`. */
  const seen = new Map<string, { readonly beats: string | null; readonly at: number }>();
  let session: pg.Client | undefined;
  let openedAt = 0;
  let beaten = instant();
  let closed = false;

  /** A session that holds this executor's lock; undefined where another process has taken up its runs. */
  async function open(): Promise<pg.Client | undefined> {
    const began = instant();
    const client = new pg.Client(config);
    client.on("error", () => {});
    client.on("end", () => {
      if (session === client) session = undefined;
    });
    try {
      await client.connect();
      await client.query(
        "insert into turnout.executors (id, host, pid) values ($1, $2, $3) on conflict do nothing",
        [id, hostname(), process.pid],
      );
      const { rows } = await client.query<{ mine: boolean }>(
        `select ${executorLock} and adopted_at is null as mine from turnout.executors where id = $1`,
        [id],
      );
      if (rows[0]?.mine) {
        beaten = began;
        openedAt = performance.now();
        return client;
      }
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    await client.end();
    return undefined;
  }

  /** Answers who else has runs that did not end. */
  async function pulse(client: pg.Client): Promise<readonly Other[]> {
    const began = instant();
    const { rows } = await client.query<Other>(
      `with beat as (update turnout.executors set beats = beats + 1 where id = $1)
       select executor, host, pid, beats from
         (select distinct executor_id as executor from dbos.workflow_status
          where status = 'PENDING' and executor_id <> $1) unfinished
         left join turnout.executors on id = executor`,
      [id],
    );
    beaten = began;
    changed.emit("held");
    return rows;
  }

  async function sweep(client: pg.Client): Promise<void> {
    for (const other of await pulse(client)) {
      const { executor } = other;
      if (isSilent(other)) await endSessions(client, executor);
      if (!isSeenDead(other) && performance.now() - openedAt < settles) continue;
      const { rows } = await client.query<{ dead: boolean }>(`select ${executorLock} as dead`, [executor]);
      if (!rows[0]?.dead) continue;
      // Written down first: should it live after all, it must see it before it acts again.
      await client.query("update turnout.executors set adopted_at = now() where id = $1", [executor]);
      await endSessions(client, executor);
      await adopt(executor);
      await client.query(executorUnlock, [executor]);
    }
  }

  function isSilent({ executor, beats }: Other): boolean {
    const last = seen.get(executor);
    const at = performance.now();
    if (last?.beats === beats) return at - last.at > silence;
    seen.set(executor, { beats, at });
    return false;
  }

  async function live(): Promise<void> {
    while (!closed) {
      try {
        if (!session) {
          const opened = await open();
          // The old session may be on its way out, with the lock in its hands.
          if (!opened && (await isAdoptedMeanwhile(access)))
            return onLost("another instance has taken up the runs of this one");
          session = opened;
          // What the others did meanwhile was not seen.
          seen.clear();
          if (opened) changed.emit("held");
        }
        if (session) await sweep(session);
      } catch (error) {
        if (!closed) warn(error);
        const broken = session;
        session = undefined;
        await broken?.end().catch(() => {});
      }
      await sleep(beat, undefined, { ref: false });
    }
  }

  session = await open();
  if (!session) throw new Error(`The executor ${id} is another process.`);
  return {
    watch: async () => {
      if (session) await sweep(session);
      void live();
    },
    held: async () => {
      while (!session || since(beaten) > lease) await once(changed, "held");
    },
    close: async () => {
      closed = true;
      const last = session;
      session = undefined;
      await last?.end();
    },
  };
}

/** A moment by two clocks: one stands still while a machine sleeps, the other one may be set. */
interface Instant {
  readonly steady: number;
  readonly wall: number;
}

function instant(): Instant {
  return { steady: performance.now(), wall: Date.now() };
}

/** Milliseconds, by the clock that went further. */
function since({ steady, wall }: Instant): number {
  return Math.max(performance.now() - steady, Date.now() - wall);
}

/** A process of this machine that is gone needs no time to come back. */
function isSeenDead({ host, pid }: Other): boolean {
  return host === hostname() && pid !== null && !isAlive(pid);
}

/** What it still holds in the database, it holds no more; what it had begun there fails. */
async function endSessions(client: pg.Client, executor: string): Promise<void> {
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()",
    [sessionsOf(executor)],
  );
}

async function isAdoptedMeanwhile(access: Access): Promise<boolean> {
  const client = new pg.Client(clientOf(access));
  client.on("error", () => {});
  await client.connect();
  try {
    return await isAdopted(client, access.executor);
  } finally {
    await client.end();
  }
}

/** Whether another process has taken up the runs of this executor. */
export async function isAdopted(by: pg.ClientBase | pg.Pool, executor: string): Promise<boolean> {
  const { rows } = await by.query(
    "select 1 from turnout.executors where id = $1 and adopted_at is not null",
    [executor],
  );
  return rows.length > 0;
}
