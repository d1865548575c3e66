import pg from "pg";
import { isAlive } from "../../service/adapters/processes.ts";

/** A process of the Pulumi CLI, and the instance that started it. */
export interface Update {
  readonly cli: number;
  readonly instance: number;
}

/** All updates that were noted since then, in order. */
export async function updatesSince(database: pg.Pool, since: Date): Promise<readonly Update[]> {
  const { rows } = await database.query<Update>(
    `select u.pid as cli, e.pid as instance from turnout.updates u join turnout.executors e on e.id = u.executor
     where u.started_at > $1 order by u.started_at`,
    [since],
  );
  return rows;
}

/** Those of the last minute whose process is there. */
export async function updatesUnderWay(database: pg.Pool): Promise<readonly Update[]> {
  const all = await updatesSince(database, new Date(Date.now() - 60_000));
  return all.filter(({ cli }) => isAlive(cli));
}

/** A pool that outlives its server. */
export function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 2000 });
  pool.on("error", () => {});
  return pool;
}
