import type { Pool } from "pg";
import { transaction } from "./database.ts";

/** The service's own tables, beside those of the run store in the same database. */
const ddl = `
create schema if not exists turnout;
create table if not exists turnout.runs (
  id text primary key,
  stack text not null,
  kind text not null,
  status text not null,
  -- waiting, forward or back
  phase text not null default 'waiting',
  revision integer not null default 1,
  -- it takes no messages any more
  closed boolean not null default false,
  created_at timestamptz not null,
  due_at timestamptz,
  idempotency_key text unique,
  request text,
  ordered jsonb not null,
  first_view jsonb not null,
  view jsonb not null
);
alter table turnout.runs add column if not exists phase text not null default 'waiting';
alter table turnout.runs add column if not exists due_at timestamptz;
alter table turnout.runs add column if not exists idempotency_key text unique;
alter table turnout.runs add column if not exists request text;
create index if not exists runs_by_stack on turnout.runs (stack, created_at desc);
create index if not exists runs_by_time on turnout.runs (created_at desc, id desc);
create table if not exists turnout.messages (
  seq bigserial primary key,
  run text not null references turnout.runs (id) on delete cascade,
  message jsonb not null
);
create index if not exists messages_by_run on turnout.messages (run, seq);
-- whose turn it is on a stack's load balancer: a write that was prepared under an older number is refused
create table if not exists turnout.stacks (
  stack text primary key,
  epoch bigint not null
);
-- one row a boot of the service
create table if not exists turnout.executors (
  id text primary key,
  host text not null,
  pid integer not null,
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

/** Any number chosen once: two instances that start together make the tables one after the other. */
const lock = 7_468_001;

export function createTables(pool: Pool): Promise<void> {
  return transaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock($1)", [lock]);
    await client.query(ddl);
  });
}
