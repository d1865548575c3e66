import type { Pool } from "pg";

/** Resolves when somebody waits for the right to write to the stack's load balancer. */
export async function waitsForTraffic(pool: Pool, stack: string): Promise<void> {
  const waiters = `select 1 from pg_locks where locktype = 'advisory' and not granted
    and (classid::bigint << 32 | objid::bigint) = hashtextextended('traffic ' || $1, 0)`;
  const until = Date.now() + 10_000;
  while (!(await pool.query(waiters, [stack])).rowCount) {
    if (Date.now() > until) throw new Error(`nobody waits for the traffic of ${stack}`);
    await pool.query("select pg_sleep(0.005)");
  }
}
