import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import { transaction } from "./database.ts";

/**
 * The service's own tables, beside those of the run store in the same database. Nothing here waits for a table that
 * another instance works with: one that starts does not hold up those that are at work.
 */
const ddl = `
create schema if not exists turnout;
create table if not exists turnout.runs (
  id text primary key,
  stack text not null,
  kind text not null,
  status text not null,
  -- waiting, forward or back
  phase text not null default 'waiting',
  -- the instance that has it in hand
  executor text,
  revision integer not null default 1,
  -- it takes no messages any more
  closed boolean not null default false,
  -- an undo has to accept the migration from now on
  no_return boolean not null default false,
  created_at timestamptz not null,
  due_at timestamptz,
  idempotency_key text unique,
  request text,
  ordered jsonb not null,
  first_view jsonb not null,
  view jsonb not null
);
create index if not exists runs_by_stack on turnout.runs (stack, created_at desc);
create index if not exists runs_by_time on turnout.runs (created_at desc, id desc);
create table if not exists turnout.messages (
  seq bigserial primary key,
  run text not null references turnout.runs (id) on delete cascade,
  message jsonb not null,
  idempotency_key text unique,
  request text,
  answer jsonb
);
create index if not exists messages_by_run on turnout.messages (run, seq);
-- whose turn it is on a stack: a write that was prepared under an older number is refused
create table if not exists turnout.stacks (
  stack text primary key,
  epoch bigint not null
);
-- one row a boot of the service
create table if not exists turnout.executors (
  id text primary key,
  host text not null,
  pid integer not null,
  -- grows for as long as the instance works
  beats bigint not null default 0,
  started_at timestamptz not null default now(),
  adopted_at timestamptz
);
-- each Pulumi update, noted before it can take the stack's lock
create table if not exists turnout.updates (
  executor text not null,
  stack text not null,
  host text not null,
  username text not null,
  pid integer not null,
  started_at timestamptz not null default now()
);
create index if not exists updates_by_process on turnout.updates (host, pid);
`;

/** Any number chosen once. */
const lock = 7_468_001;
/** Milliseconds between two tries to get it. */
const pause = 50;

export async function createTables(pool: Pool): Promise<void> {
  await oneAtATime(pool, () => transaction(pool, (client) => client.query(ddl)));
}

/** Instances that start together make their tables one after the other; the run store's own way knows of no other one. */
export async function oneAtATime(pool: Pool, make: () => Promise<unknown>): Promise<void> {
  const client = await pool.connect();
  try {
    // Asked for again and again: who waits in a transaction keeps an index from being built beside it.
    while (!(await hasLock(client))) await sleep(pause);
    await make();
  } finally {
    // With the session goes the lock.
    client.release(true);
  }
}

async function hasLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>("select pg_try_advisory_lock($1) as mine", [lock]);
  return rows[0]?.mine ?? false;
}
