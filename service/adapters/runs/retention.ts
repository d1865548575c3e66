import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";
import { active } from "./rows.ts";

/** Workflows deleted in one statement of the store. */
const batch = 200;

/**
 * Forgets what ended more than `days` days ago: runs with their messages and recorded steps, instances that were,
 * updates that were made. Each stack's last move stays however old it is, since an undo needs it, and so does its last
 * stuck run, since the weights after it are a person's. Answers how many runs went.
 */
export async function forget(pool: Pool, days: number): Promise<number> {
  const gone = await pool.query(
    `delete from turnout.runs where status <> all($1) and (view ->> 'finishedAt')::timestamptz < now() - $2 * interval '1 day'
       and id not in (
         select distinct on (stack, status) id from turnout.runs
         where kind in ('deployment', 'undo') and status in ('succeeded', 'stuck') order by stack, status, created_at desc)`,
    [active, days],
  );
  await pool.query("delete from turnout.executors where adopted_at < now() - $1 * interval '1 day'", [days]);
  await pool.query("delete from turnout.updates where started_at < now() - $1 * interval '1 day'", [days]);
  await forgetWorkflows(new Date(Date.now() - days * 86_400_000).toISOString());
  return gone.rowCount ?? 0;
}

async function forgetWorkflows(completedBefore: string): Promise<void> {
  for (;;) {
    const old = await DBOS.listWorkflows({
      ...{ completedBefore, limit: batch, loadInput: false, loadOutput: false },
      status: ["SUCCESS", "ERROR", "CANCELLED"],
    });
    if (old.length === 0) return;
    await DBOS.deleteWorkflows(old.map(({ workflowID }) => workflowID));
  }
}
