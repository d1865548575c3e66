import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { UpdateProcess } from "../../ports/updates.ts";
import { processHere } from "./cli.ts";
import type { FromRunner, Job, Result, Step, ToRunner } from "./job.ts";

/** Hears of each resource as the engine comes to it. */
export type Listener = (step: Step, state: "starts" | "done" | "failed") => void;

export interface Runners {
  /**
   * Runs one job in a process of its own. An abort lets the step in hand finish, then ends it. The CLI waits until
   * `onSpawned` has written its process down.
   */
  run(job: Job, how: How): Promise<Result>;
  /** Sees to it that for the next minute a spare process waits, so that a run does not wait for its imports. */
  warm(): void;
  /** Ends the spare. Runs under way end by their own signals. */
  close(): void;
}

export interface How {
  readonly signal: AbortSignal;
  readonly onSpawned: (process: UpdateProcess) => Promise<void>;
  readonly listener?: Listener;
}

const lean = new URL("lean.ts", import.meta.url).href;
const runner = fileURLToPath(new URL("runner.ts", import.meta.url));

/** Milliseconds that a spare waits for work: it holds 120 MB, so it is there for a deployment and not for ever. */
const spareLives = 60_000;

/** Processes that run the program: one a job, and one spare that has imported everything. */
export function createRunners(): Runners {
  let spare: ChildProcess | undefined;
  let expiry: NodeJS.Timeout | undefined;
  let closed = false;

  const warm = () => {
    if (closed) return;
    clearTimeout(expiry);
    expiry = setTimeout(() => spare?.kill(), spareLives).unref();
    if (spare) return;
    const started = start();
    spare = started;
    started.once("exit", () => {
      if (spare === started) spare = undefined;
    });
  };
  const take = () => {
    const taken = spare ?? start();
    spare = undefined;
    return taken;
  };

  return {
    warm,
    async run(job, how) {
      how.signal.throwIfAborted();
      return runIn(take(), job, how);
    },
    close() {
      closed = true;
      clearTimeout(expiry);
      spare?.kill();
      spare = undefined;
    },
  };
}

function start(): ChildProcess {
  const child = fork(runner, {
    // It loads much and keeps little: a small young generation costs no time and saves 20 MB.
    execArgv: ["--max-semi-space-size=2", "--import", lean],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // Out of the terminal's group: a Ctrl-C comes once, from us.
    detached: true,
  });
  // Waiting for work must not keep the service alive.
  child.unref();
  child.channel?.unref();
  return child;
}

/** The CLI loses its program with it, and ends by itself. */
function died(how: number | string | null): Result {
  const output = `The process that runs the program ended with ${how ?? "nothing"} before it.`;
  return { kind: "failed", exitCode: null, output, diagnostics: [], failed: undefined, ms: 0 };
}

function runIn(child: ChildProcess, job: Job, { signal, onSpawned, listener }: How): Promise<Result> {
  child.ref();
  child.channel?.ref();
  return new Promise<Result>((resolve, reject) => {
    const stop = () => child.send({ kind: "stop" } satisfies ToRunner);
    let result: Result | undefined;
    const go = async (pid: number) => {
      await onSpawned(processHere(pid));
      child.send({ kind: "go" } satisfies ToRunner);
    };
    child.on("message", (message: FromRunner) => {
      if (message.kind === "spawned")
        go(message.pid).catch((cause: unknown) => {
          child.kill();
          reject(new Error("Pulumi's update could not be written down, so it was not begun.", { cause }));
        });
      if (message.kind === "step") listener?.(message.step, message.state);
      if (message.kind === "result") result = message.result;
    });
    child.once("error", reject);
    child.once("exit", (code, by) => {
      signal.removeEventListener("abort", stop);
      if (result) resolve(result);
      else if (signal.aborted) reject(signal.reason as Error);
      else resolve(died(code ?? by));
    });
    signal.addEventListener("abort", stop, { once: true });
    child.send({ kind: "job", job } satisfies ToRunner);
  });
}
