import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startPostgres, type Postgres } from "../../../../postgres/postgres.ts";

/** A Postgres of a test's own, with as many databases as it wants. */
export interface TestPostgres {
  readonly server: Postgres;
  /** Makes a database; answers its URL. */
  database(name: string): Promise<string>;
  close(): Promise<void>;
}

export async function openPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "turnout-runs-"));
  const server = await startPostgres({ folder: join(folder, "postgres") });
  return {
    server,
    database: async (name) => {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      const own = new URL(server.url);
      own.pathname = `/${name}`;
      return own.href;
    },
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
