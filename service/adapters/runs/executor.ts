import { EventEmitter, once } from "node:events";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** Milliseconds between two beats: a dead instance's runs wait about so long for another one. */
const beat = 500;
/** Milliseconds that the server has to answer a beat. */
const answersWithin = 5000;

/** The server notices within seconds that this process's machine is gone; that its process is gone it notices at once. */
const keepAlive =
  "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=5000";

/** SQL that is true for one session in the whole database for as long as that session lasts. */
export const executorLock = "pg_try_advisory_lock(hashtextextended('executor ' || $1, 0))";

/** This process among those that work on the database's runs. */
export interface Executor {
  /** Takes up what dead executors left, now and from now on. */
  watch(): Promise<void>;
  /** Resolves while nobody else may take up this process's runs: at once, or when the database is back. */
  held(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes this process an executor, known by `id`, for as long as it has a session in the database: whoever finds the
 * session gone takes up its runs.
 *
 * @param options.adopt takes up the runs of an executor that is dead
 * @param options.onLost called when another process took up the runs of this one, which must end at once then
 */
export async function createExecutor(options: {
  readonly url: string;
  readonly id: string;
  readonly adopt: (executor: string) => Promise<void>;
  readonly onLost: (why: string) => void;
  readonly warn: (error: unknown) => void;
}): Promise<Executor> {
  const { url, id, adopt, onLost, warn } = options;
  const changed = new EventEmitter().setMaxListeners(0);
  let session: pg.Client | undefined;
  let closed = false;

  /** A session that holds this executor's lock; undefined where another process has taken up its runs. */
  async function open(): Promise<pg.Client | undefined> {
    const client = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: answersWithin,
      query_timeout: answersWithin,
      options: keepAlive,
    });
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
      if (rows[0]?.mine) return client;
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    await client.end();
    return undefined;
  }

  async function sweep(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ executor: string }>(
      `select distinct executor_id as executor from dbos.workflow_status where status = 'PENDING' and executor_id <> $1`,
      [id],
    );
    for (const { executor } of rows) {
      const { rows: locked } = await client.query<{ dead: boolean }>(`select ${executorLock} as dead`, [
        executor,
      ]);
      if (!locked[0]?.dead) continue;
      // Written down first: should it live after all, it must see it before it acts again.
      await client.query("update turnout.executors set adopted_at = now() where id = $1", [executor]);
      await adopt(executor);
      await client.query("select pg_advisory_unlock(hashtextextended('executor ' || $1, 0))", [executor]);
    }
  }

  async function live(): Promise<void> {
    while (!closed) {
      try {
        if (!session) {
          const opened = await open();
          // The old session may be on its way out, with the lock in its hands.
          if (!opened && (await adopted(url, id)))
            return onLost("another instance has taken up the runs of this one");
          session = opened;
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
      while (!session) await once(changed, "held");
    },
    close: async () => {
      closed = true;
      const last = session;
      session = undefined;
      await last?.end();
    },
  };
}

async function adopted(url: string, id: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answersWithin });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query(
      "select 1 from turnout.executors where id = $1 and adopted_at is not null",
      [id],
    );
    return rows.length > 0;
  } finally {
    await client.end();
  }
}
