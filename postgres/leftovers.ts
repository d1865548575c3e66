import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Cluster {
  /** The folder of the data, as on the server's command line. */
  readonly data: string;
  /** The folder of the socket. */
  readonly socket: string;
  /** Postgres's `cluster_name`, which stands in the title of each of the server's processes. */
  readonly name: string;
}

/**
 * Ends the server of a parent that was killed and the backends that outlived a server, then clears the locks they left:
 * the process ids in them may be others' by now, and Postgres would not start beside those.
 *
 * @param within milliseconds that they have to end
 * @throws Error when the server belongs to a process that runs, and when one does not end; the locks are left then,
 *   since they keep a second server out
 */
export async function endLeftovers(cluster: Cluster, within: number): Promise<void> {
  const { data, socket } = cluster;
  const until = Date.now() + within;
  const server = postmasterPid(data);
  if (server !== undefined && servesFolder(server, data)) {
    await refuseOwned(server, data);
    send("SIGINT", server);
    while (servesFolder(server, data) && Date.now() < until) await sleep(50);
  }
  for (;;) {
    const left = processesOf(cluster);
    if (left.length === 0) break;
    // A busy backend does not look whether its server still lives; while it writes, no other server may start.
    for (const pid of left) send("SIGKILL", pid);
    if (Date.now() > until)
      throw new Error(
        `Processes ${left.join(", ")} still work on ${data} and do not end. Type: kill -9 ${left.join(" ")}`,
      );
    await sleep(20);
  }
  for (const lock of [join(data, "postmaster.pid"), join(socket, ".s.PGSQL.5432.lock")])
    rmSync(lock, { force: true });
}

/** Milliseconds in which a server ends by itself once the process that started it is gone. */
const endsBySelf = 5000;

/** A server whose shell still has a Node process above it is in use, unless it ends in a moment. */
async function refuseOwned(server: number, data: string): Promise<void> {
  const until = Date.now() + endsBySelf;
  while (servesFolder(server, data) && Date.now() < until) {
    const owner = parentOf(parentOf(server));
    if (owner === undefined || !/(^|\/)node$/.test(commandLine(owner).split("\0")[0] ?? "")) return;
    await sleep(50);
  }
  if (!servesFolder(server, data)) return;
  throw new Error(
    `A Postgres already runs on ${data}, started by process ${String(parentOf(parentOf(server)))}. ` +
      "End that process first, or give this one a folder of its own.",
  );
}

function parentOf(pid: number | undefined): number | undefined {
  const fields = read(`/proc/${String(pid)}/stat`)
    .split(") ")
    .at(-1)
    ?.split(" ");
  return fields?.[1] ? Number(fields[1]) : undefined;
}

/** Of the server that last ran on `data`, whether it still runs or not. */
export function postmasterPid(data: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(data, "postmaster.pid"), "utf8"));
  } catch {
    return undefined;
  }
}

/** Process ids are used again: it is this folder's server only when its command line says so. */
function servesFolder(pid: number, data: string): boolean {
  return commandLine(pid).split("\0").includes(data);
}

function processesOf({ data, name }: Cluster): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      if (Number.isNaN(pid) || read(`/proc/${String(pid)}/comm`).trim() !== "postgres") return false;
      // The server's own command line, or a backend's title: `postgres: <cluster name>: …`.
      return servesFolder(pid, data) || commandLine(pid).startsWith(`postgres: ${name}:`);
    });
}

function commandLine(pid: number): string {
  return read(`/proc/${String(pid)}/cmdline`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended in between.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
