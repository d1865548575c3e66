import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
 * Makes `folder` this process's own, emptied of what a house before it left.
 *
 * @throws AlreadyRunning
 */
export function claim(folder: string): void {
  const other = holder(folder);
  if (other !== undefined && other !== process.pid) throw new AlreadyRunning(other, written(folder));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "pid"), String(process.pid), { flag: "wx" });
}

/** What a script finds when the house is gone: nothing that says it is there. */
export function release(folder: string): void {
  for (const name of ["rehearsal.json", "pid"]) rmSync(join(folder, name), { force: true });
}

/** The process that holds `folder`; undefined where none does. Process ids are used again, so its command line counts too. */
export function holder(folder: string = houseFolder): number | undefined {
  const pid = Number(read(join(folder, "pid")));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process: not one that was started here.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  const command = read(`/proc/${pid}/cmdline`);
  const isNode = command === undefined || command.split("\0").some((word) => /\.(ts|js|mjs)$/.test(word));
  return isNode ? pid : undefined;
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
