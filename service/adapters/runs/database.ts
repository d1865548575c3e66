import type { Pool, PoolClient } from "pg";

/** Acts in one transaction. */
export async function transaction<T>(pool: Pool, act: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const answer = await act(client);
    await client.query("commit");
    client.release();
    return answer;
  } catch (error) {
    await abandon(client);
    throw error;
  }
}

/** Ends a transaction with nothing done, and gives the session back if it is still good for something. */
export async function abandon(client: PoolClient): Promise<void> {
  await client.query("rollback").then(
    () => client.release(),
    () => client.release(true),
  );
}

/**
 * A lock that one transaction holds until its end: `arrival` (who comes to a stack; taken before a run's own row, so that
 * nobody waits for each other) or `traffic` (who writes to its load balancer; never together with another one).
 */
export async function lock(client: PoolClient, what: "arrival" | "traffic", stack: string): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`${what} ${stack}`]);
}
