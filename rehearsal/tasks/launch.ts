import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../cloud/clock.ts";
import { executable } from "./executable.ts";
import type { Guard } from "./guard.ts";
import { type Line, lines } from "./lines.ts";

/** What a container is in a rehearsal: a process and its children. */
export interface Process {
  /** Resolves to the exit code when the process has ended and its last line is taken; 128 + n after signal n. */
  readonly ended: Promise<number>;
  /** SIGTERM, and SIGKILL for what is left after `timeout` real milliseconds. Resolves when it has ended. */
  stop(timeout: number): Promise<number>;
  /** SIGKILL at once. */
  kill(): void;
}

export interface Launch {
  /** The first word is a program: see executable. */
  readonly command: readonly string[];
  /** The folder that it starts in. */
  readonly folder: string;
  /** All of its environment; nothing of this process's own is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly take: (lines: readonly Line[]) => void;
}

/** A command that could not be started; the message is what a container runtime says. */
export class CannotStart extends Error {}

/** How long a pipe may stay open after its process was killed: only one who left the process group holds it. */
const pipesEndWithin = 1000;

/** The exit code of a process that a signal ended is this and the signal's number. */
const signalled: Readonly<Record<string, number>> = {
  ...{ SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGILL: 132, SIGTRAP: 133, SIGABRT: 134, SIGBUS: 135 },
  ...{ SIGFPE: 136, SIGKILL: 137, SIGUSR1: 138, SIGSEGV: 139, SIGUSR2: 140, SIGPIPE: 141, SIGALRM: 142 },
  SIGTERM: 143,
};

/** Starts a process in a process group of its own, under the guard. Throws CannotStart. */
export async function launch(
  { command, folder, environment, take }: Launch,
  { guard, clock }: { readonly guard: Guard; readonly clock: Clock },
): Promise<Process> {
  const [word = "", ...words] = command;
  const file = await executable(word, { path: environment["PATH"] ?? "", folder });
  if (file === undefined) throw new CannotStart(`exec: "${word}": executable file not found in $PATH`);
  // The shell waits for its first line, which comes when the guard knows the group. Without a line it ends, so that no
  // process begins that nobody would end.
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    "/bin/sh",
    ["-c", 'read -r go && exec "$@" </dev/null', "sh", file, ...words],
    { cwd: folder, env: { ...environment }, detached: true, stdio: ["pipe", "pipe", "pipe"] },
  );
  child.stdin.on("error", () => {});
  const group = await pidOf(child, folder);
  try {
    guard.watch(group);
  } catch (error) {
    child.stdin.end();
    throw error;
  }
  child.stdin.end("go\n");

  const output = Promise.all([lines(child.stdout, take), lines(child.stderr, take)]);
  const ended = new Promise<number>((resolve) => {
    child.once("exit", (code, signal) => {
      // As in a container, the children end with the process that was started.
      killGroup(group);
      guard.forget(group);
      const closed = Promise.race([output, sleep(pipesEndWithin, undefined, { ref: false })]);
      void closed.then(() => resolve(code ?? signalled[signal ?? ""] ?? 255));
    });
  });

  return {
    ended,
    kill: () => {
      if (isRunning(child)) killGroup(group);
    },
    stop: async (timeout) => {
      if (isRunning(child)) child.kill("SIGTERM");
      const inTime = new AbortController();
      void clock.real(timeout, inTime.signal).then(
        () => {
          if (isRunning(child)) killGroup(group);
        },
        () => {},
      );
      const code = await ended;
      inTime.abort();
      return code;
    },
  };
}

function pidOf(child: ChildProcessByStdio<Writable, Readable, Readable>, folder: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new CannotStart(`in ${folder}: ${error.message}`)));
    if (child.pid !== undefined) resolve(child.pid);
  });
}

function isRunning({
  exitCode,
  signalCode,
}: {
  exitCode: number | null;
  signalCode: string | null;
}): boolean {
  return exitCode === null && signalCode === null;
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // None of the group is left.
  }
}
