import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** Any number chosen once: whoever holds it in the database works on the runs. */
const lock = 7_468_002;

/** Milliseconds to wait for a process that was just killed: its session ends when the server notices. */
const patience = 5000;

/**
 * Claims the database's runs for this process, for as long as its session lasts. Two processes would each take up the
 * runs of the other at their start. Answers what gives the claim up.
 */
export async function claim(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url, keepAlive: true });
  client.on("error", () => {});
  await client.connect();
  const deadline = Date.now() + patience;
  for (;;) {
    const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [lock]);
    if (rows[0]?.held) return () => client.end();
    if (Date.now() > deadline) break;
    await sleep(100);
  }
  await client.end();
  throw new Error(
    "Another instance of the service works on this database. Stop it, or set DATABASE_URL to another database.",
  );
}
