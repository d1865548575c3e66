import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { startOf } from "./processStart.ts";
import type { Aws } from "./pulumiEnvironment.ts";

/** Where a running house can be reached, for scripts. */
export interface Connection extends Aws {
  /** Of the process that holds it all: SIGTERM ends the house. */
  readonly pid: number;
  readonly stack: string;
  /** URLs: the service, customers' listener, the test listener. */
  readonly service: string;
  readonly shop: string;
  readonly testListener: string;
  /** The service's bearer token. */
  readonly token: string;
  /** Absolute: where the house keeps its state. */
  readonly folder: string;
}

/** The folder of this checkout's own house. */
export const houseFolder = join(import.meta.dirname, "..", ".turnout");

/** Nobody runs a house here. */
export class NotRunning extends Error {
  constructor() {
    super("No rehearsal is running here. Start one: npm start");
    this.name = "NotRunning";
  }
}

/** A house runs here already. */
export class AlreadyRunning extends Error {
  constructor(pid: number, connection: Connection | undefined) {
    const where = connection
      ? `The shop is at ${connection.shop}, the service at ${connection.service}, its API's document at ${connection.service}/docs.`
      : "It is still coming up.";
    super(`A rehearsal is running here already, as process ${pid}. ${where} To end it: npm stop`);
    this.name = "AlreadyRunning";
  }
}

/** @throws NotRunning */
export function readConnection(folder: string = houseFolder): Connection {
  const connection = holder(folder) === undefined ? undefined : written(folder);
  if (!connection) throw new NotRunning();
  return connection;
}

/** Written beside and renamed: a reader sees all of it or nothing. Only its owner may read the token. */
export function writeConnection(connection: Connection): void {
  const file = join(connection.folder, "rehearsal.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(connection, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Makes `folder` this process's own, emptied of what a house before it left. Of those who ask at once one gets it.
 *
 * @throws AlreadyRunning
 */
export function claim(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  while (!take(folder)) {
    const other = holder(folder);
    if (other === process.pid) break;
    if (other !== undefined) throw new AlreadyRunning(other, written(folder));
    dropStale(folder);
  }
  // What a killed house started may still be writing while it ends.
  for (const name of readdirSync(folder).filter((entry) => entry !== "pid"))
    rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** What a script finds when the house is gone: nothing that says it is there. */
export function release(folder: string): void {
  for (const name of ["rehearsal.json", "pid"]) rmSync(join(folder, name), { force: true });
}

/** The process that holds `folder`; undefined where none does. */
export function holder(folder: string = houseFolder): number | undefined {
  return living(read(join(folder, "pid")));
}

/** Process ids are used again, so the process must have started when the file says. Without /proc the id has to do. */
function living(text = ""): number | undefined {
  const [id, start] = text.split(" ");
  const pid = Number(id);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const since = startOf(pid);
  return since !== undefined && (start === undefined || start === since) ? pid : undefined;
}

/** A link, since the file must be whole from its first moment, and must not replace another. */
function take(folder: string): boolean {
  const own = join(folder, `pid.${process.pid}`);
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}`);
  try {
    linkSync(own, join(folder, "pid"));
    return true;
  } catch (error) {
    // ENOENT: whoever got it has emptied the folder meanwhile.
    if (["EEXIST", "ENOENT"].includes(codeOf(error))) return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Renamed first: of those who saw that it is stale, one drops it, and gives back what was no longer stale. */
function dropStale(folder: string): void {
  const stale = join(folder, `pid.${process.pid}`);
  try {
    renameSync(join(folder, "pid"), stale);
    if (living(read(stale)) !== undefined) linkSync(stale, join(folder, "pid"));
  } catch (error) {
    if (!["EEXIST", "ENOENT"].includes(codeOf(error))) throw error;
  } finally {
    rmSync(stale, { force: true });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

function written(folder: string): Connection | undefined {
  const text = read(join(folder, "rehearsal.json"));
  return text === undefined ? undefined : (JSON.parse(text) as Connection);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
