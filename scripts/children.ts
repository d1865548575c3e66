import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync, closeSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** A process of the house. It ends when its standard input does, so also when we are gone, however we went. */
export interface Child<First> {
  readonly name: string;
  readonly pid: number;
  /** Its first line on standard output, one of JSON. */
  readonly first: First;
  /** Settles when it has ended, with why: `it ended with 1`. */
  readonly ended: Promise<string>;
  /** Asks it to end, and resolves when it has. */
  stop(): Promise<void>;
}

export interface Start {
  readonly name: string;
  /** The TypeScript file that is its process. */
  readonly main: string;
  readonly args?: readonly string[];
  /** Node's own. */
  readonly flags?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Where its standard error goes. */
  readonly log: string;
}

/** Milliseconds that a process has to say its first line, and to end. */
const startWithin = 60_000;
const endWithin = 30_000;

/** @throws Error with the end of its log when it does not start. */
export async function startChild<First>({
  name,
  main,
  args = [],
  flags = [],
  environment,
  log,
}: Start): Promise<Child<First>> {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [...flags, main, ...args], {
    env: environment ?? process.env,
    stdio: ["pipe", "pipe", output],
    // A group of its own: ^C at the terminal is for us alone, and we end the house in its order.
    detached: true,
  }) as ChildProcessByStdio<Writable, Readable, null>;
  closeSync(output);
  child.stdin.on("error", () => {});
  const ended = endOf(child);
  const why = ended.then(() => `it ended with ${child.exitCode ?? child.signalCode}`);
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([text]) => ({ text: String(text) })),
    ended.then(() => undefined),
    sleep(startWithin, undefined, { ref: false }),
  ]);
  if (!line) {
    child.kill("SIGKILL");
    throw new Error(`The ${name} did not start. ${log} ends with:\n${tail(log)}`);
  }
  return {
    name,
    pid: child.pid ?? 0,
    first: JSON.parse(line.text) as First,
    ended: why,
    async stop() {
      child.stdin.end();
      await Promise.race([ended, sleep(endWithin, undefined, { ref: false })]);
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The end of a log, for an error. */
export function tail(log: string): string {
  return readFileSync(log, "utf8").trim().split("\n").slice(-12).join("\n");
}

async function endOf(child: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  await new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
}
