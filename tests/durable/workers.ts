import { fork, type ForkOptions } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { carryOut, type DurableStack } from "./stacks.ts";
import { fromThrown, toThrown, type Ask, type Command, type Done, type FromWorker } from "./wire.ts";

export const workerScript = fileURLToPath(new URL("./worker.ts", import.meta.url));

export const workerEnvironment: ForkOptions = {
  execArgv: [],
  // What the first of many equal processes compiled the others need not.
  env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "turnout-durable-compiled") },
  stdio: ["ignore", "ignore", "pipe", "ipc"],
};

/** What an instance ends with when another one took up its runs. */
const lost = 75;

/** One process of the service, over stacks that outlive it. */
export interface WorkerProcess {
  readonly name: string;
  readonly pid: number;
  readonly dead: boolean;
  /** Resolves when the process is gone. */
  readonly exited: Promise<unknown>;
  /** Resolves when it takes requests. */
  readonly ready: Promise<void>;
  request(name: Command["name"], stack: string, ...args: readonly unknown[]): Promise<unknown>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** @param options.unexpected called when the process ends and nobody killed it */
export function startWorker(options: {
  readonly name: string;
  readonly url: string;
  /** A module that exports the `plan` of another version of the service. */
  readonly planModule?: string;
  readonly stacks: ReadonlyMap<string, DurableStack>;
  /** It may end because another instance took up its runs. */
  readonly expectLosses?: boolean;
  readonly unexpected: (why: string) => void;
}): WorkerProcess {
  const { name, url, planModule, stacks, expectLosses, unexpected } = options;
  const child = fork(workerScript, [url, ...(planModule ? [planModule] : [])], workerEnvironment);
  const commands = new Map<number, (done: Done) => void>();
  const exited = once(child, "exit");
  let said = "";
  let commanded = 0;
  let dead = false;
  child.stderr?.on("data", (piece: Buffer) => (said = (said + piece.toString()).slice(-4000)));
  void exited.then(([code, signal]: unknown[]) => {
    if (!dead && !(expectLosses && code === lost))
      unexpected(`${name} ended by itself (${String(code ?? signal)}): ${said}`);
    dead = true;
    for (const settle of commands.values()) settle({ done: 0, thrown: { message: `${name} was killed` } });
  });
  const ready = new Promise<void>((settle) => {
    child.on("message", (message: FromWorker) => {
      if (dead) return;
      if ("ready" in message) settle();
      else if ("done" in message) commands.get(message.done)?.(message);
      else void answer(message);
    });
  });

  async function answer(ask: Ask): Promise<void> {
    const stack = stacks.get(ask.stack);
    const reply = await (
      stack ? carryOut(stack, ask, worker) : Promise.reject(new Error("no such stack"))
    ).then(
      (value) => ({ value }),
      (error: unknown) => ({ thrown: toThrown(error) }),
    );
    if (dead || !child.connected) return;
    child.send({ answer: ask.ask, now: stack?.world.clock.now().getTime() ?? 0, ...reply }, () => {});
  }

  const worker: WorkerProcess = {
    name,
    pid: child.pid ?? 0,
    exited,
    get dead() {
      return dead;
    },
    ready,
    request: async (what, stack, ...args) => {
      commanded += 1;
      const command = commanded;
      const done = await new Promise<Done>((settle) => {
        commands.set(command, settle);
        child.send({ command, name: what, stack, args } satisfies Command, () => {});
      });
      commands.delete(command);
      if (done.thrown) throw fromThrown(done.thrown);
      return done.value;
    },
    kill: async () => {
      dead = true;
      child.kill("SIGKILL");
      await exited;
    },
  };
  return worker;
}
