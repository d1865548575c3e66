import type pg from "pg";
import type { Updates } from "../../ports/updates.ts";
import { patiently } from "./away.ts";
import { openPool, type Access } from "./connections.ts";
import { executorLock, executorUnlock } from "./executor.ts";

/** Seconds that the clocks of two machines may differ. */
const skew = 5;
/** Seconds at most from the note of a process to its lock. */
const soon = 60;

/** The service's Pulumi updates in the database of its runs, noted under the name of the instance that makes them. */
export function createUpdates(access: Access): Updates & { readonly close: () => Promise<void> } {
  const { executor } = access;
  const pool = openPool(access, { max: 2 });
  return {
    note: (stack, { user, host, pid }) =>
      patiently(async () => {
        await pool.query(
          "insert into turnout.updates (executor, stack, host, username, pid) values ($1, $2, $3, $4, $5)",
          [executor, stack, host, user, pid],
        );
      }),
    owner: ({ user, host, pid }, since) =>
      patiently(async () => {
        // Process ids are used again: the lock came soon after the note, or it is another process's.
        const { rows } = await pool.query<{ executor: string }>(
          `select executor from turnout.updates
           where host = $1 and username = $2 and pid = $3
             and started_at between $4::timestamptz - $5 * interval '1 second' and $4::timestamptz + $6 * interval '1 second'
           order by started_at desc limit 1`,
          [host, user, pid, since, soon + skew, skew],
        );
        const owner = rows[0]?.executor;
        if (owner === undefined) return "stranger";
        if (owner === executor) return "self";
        return (await isDead(pool, owner)) ? "dead" : "alive";
      }),
    close: () => pool.end(),
  };
}

/** An instance lives as long as its session holds its lock. */
async function isDead(pool: pg.Pool, executor: string): Promise<boolean> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ dead: boolean }>(`select ${executorLock} as dead`, [executor]);
    if (rows[0]?.dead) await client.query(executorUnlock, [executor]);
    return rows[0]?.dead ?? false;
  } finally {
    client.release();
  }
}
