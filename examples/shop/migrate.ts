import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { ShopRelease } from "./releases.ts";

// `node migrate.mjs`: brings DATABASE_URL up to this release. Exit code 0 when it is there, 1 when nothing was changed.
const image = import.meta.dirname;

try {
  await migrate();
} catch (error) {
  console.error(`migrate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** One transaction for all that is missing: afterwards the schema is this release's, or as it was. */
async function migrate(): Promise<void> {
  const url = process.env["DATABASE_URL"];
  if (!url) throw new Error("DATABASE_URL is not set: give the shop's database, postgres://…");
  const release = JSON.parse(await readFile(join(image, "release.json"), "utf8")) as ShopRelease;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query("begin");
    // Of two that start at once the second waits, then finds nothing to do.
    await client.query("select pg_advisory_xact_lock(hashtext('shop schema'))");
    // A statement that waits for a lock holds up every query behind it: better to fail than to stop the shop.
    await client.query("set local lock_timeout = '3s'");
    await client.query(
      "create table if not exists migrations (name text primary key, applied_at timestamptz not null)",
    );
    const applied = await client.query<{ name: string }>("select name from migrations");
    const there = new Set(applied.rows.map(({ name }) => name));
    const missing = release.migrations.filter((name) => !there.has(name));
    for (const name of missing) await apply(client, name);
    await client.query("commit");
    const done = missing.length === 0 ? "nothing to do" : `applied ${missing.join(", ")}`;
    console.log(`migrate: ${done}, the schema is up to date with release ${release.name}`);
  } catch (error) {
    await client.query("rollback").catch(() => {});
    console.error("migrate: rolled back, the schema is as it was");
    throw error;
  } finally {
    await client.end();
  }
}

async function apply(client: pg.Client, name: string): Promise<void> {
  const text = await readFile(join(image, "migrations", name), "utf8");
  console.log(`migrate: ${name}`);
  try {
    await client.query(text);
  } catch (error) {
    const { message, position } = error as { message: string; position?: string };
    const line = position === undefined ? "" : `:${text.slice(0, Number(position)).split("\n").length}`;
    throw new Error(`${name}${line}: ${message}`, { cause: error });
  }
  await client.query("insert into migrations values ($1, now())", [name]);
}
