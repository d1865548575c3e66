import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startPostgres } from "../../postgres/postgres.ts";
import { workerScript, workerEnvironment } from "./workers.ts";

/** A Postgres whose databases are copies of one that has all tables: a new one takes some 0.1 s. */
export interface Databases {
  /** Answers its URL. */
  make(name: string): Promise<string>;
  stop(): Promise<void>;
}

const template = "turnout_template";

export async function startDatabases(): Promise<Databases> {
  const folder = mkdtempSync(join(tmpdir(), "turnout-durable-"));
  const postgres = await roomy(join(folder, "postgres"));
  const on = (name: string) => {
    const url = new URL(postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  // One at a time: two copies of one database can't be made at once.
  let last: Promise<unknown> = Promise.resolve();
  const create = (name: string, from?: string) => {
    last = last.then(() => query(postgres.url, `create database ${name}${from ? ` template ${from}` : ""}`));
    return last;
  };
  await create(template);
  await makeTables(on(template));
  return {
    make: async (name) => {
      await create(name, template);
      return on(name);
    },
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A server for more instances of the service than one service has. */
async function roomy(folder: string): Promise<Awaited<ReturnType<typeof startPostgres>>> {
  const first = await startPostgres({ folder });
  await query(first.url, "alter system set max_connections = 400");
  await first.stop();
  return startPostgres({ folder });
}

/** The service makes its tables when it starts. */
async function makeTables(url: string): Promise<void> {
  const first = fork(workerScript, [url], workerEnvironment);
  await once(first, "message");
  first.kill("SIGKILL");
  await once(first, "exit");
  const others = `select 1 from pg_stat_activity where datname = '${template}' and pid <> pg_backend_pid()`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  while ((await client.query(others)).rowCount) await client.query("select pg_sleep(0.01)");
  await client.end();
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
