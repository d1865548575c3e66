import type { Pool } from "pg";

/** The service's own tables, beside those of the run store in the same database. */
const ddl = `
create schema if not exists turnout;
create table if not exists turnout.runs (
  id text primary key,
  stack text not null,
  kind text not null,
  status text not null,
  revision integer not null default 1,
  -- it takes no messages any more
  closed boolean not null default false,
  created_at timestamptz not null,
  ordered jsonb not null,
  first_view jsonb not null,
  view jsonb not null
);
create index if not exists runs_by_stack on turnout.runs (stack, created_at desc);
create table if not exists turnout.messages (
  seq bigserial primary key,
  run text not null references turnout.runs (id) on delete cascade,
  message jsonb not null
);
create index if not exists messages_by_run on turnout.messages (run, seq);
`;

/** Any number chosen once: two instances that start together make the tables one after the other. */
const lock = 7_468_001;

export async function createTables(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [lock]);
    await client.query(ddl);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
