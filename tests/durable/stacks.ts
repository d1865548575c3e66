import { fakeWorld, type World } from "../service/fakes/fakeWorld.ts";
import { words } from "./words.ts";
import type { Ask, Call } from "./wire.ts";

/** Where a run can be cut off, as the test's process sees it. */
export interface Moment {
  readonly run: string;
  readonly step: string;
  readonly at:
    "before the effect" | "after the effect" | "after the checkpoint" | "while waiting" | "hearing";
  /** The call in words; undefined at the bounds of the step itself. */
  readonly call?: string;
}

/** A stack whose world outlives the workers that deploy to it. */
export interface DurableStack {
  readonly name: string;
  readonly world: World;
  /** Everything that runs did, in order. */
  readonly trace: Moment[];
  /** Called at each moment; the run goes on when it resolves. `worker` is where it happens. */
  hold: (moment: Moment, worker: string) => Promise<void> | undefined;
  /** Called at each sign of life of a run. */
  seen: (run: string, worker: string) => void;
}

export function durableStack(name: string): DurableStack {
  return { name, world: fakeWorld(), trace: [], hold: () => undefined, seen: () => {} };
}

/** Carries out what a worker asks for, unless the worker is dead by then. Answers what the call answered. */
export async function carryOut(stack: DurableStack, ask: Ask, worker: Worker): Promise<unknown> {
  const { run, what } = ask;
  if (run !== undefined) stack.seen(run, worker.name);
  const at = async (moment: Moment["at"], call?: string): Promise<void> => {
    if (run === undefined || ask.step === undefined) return;
    const now: Moment = { run, step: ask.step, at: moment, ...(call === undefined ? {} : { call }) };
    stack.trace.push(now);
    await stack.hold(now, worker.name);
  };
  if ("moment" in what) {
    await at(moments[what.moment]);
    return undefined;
  }
  const { call } = what;
  const named = words(call);
  if (call.port === "clock" && call.method === "sleep") await at("while waiting");
  else await at("before the effect", named);
  if (worker.dead) return undefined;
  const answer = await act(stack.world, call);
  if (call.port !== "clock") await at("after the effect", named);
  return answer;
}

/** As much of a worker as its calls need. */
export interface Worker {
  readonly name: string;
  readonly dead: boolean;
}

const moments = {
  begin: "before the effect",
  acted: "after the effect",
  recorded: "after the checkpoint",
  heard: "hearing",
} as const;

/** The fake world has one stack, `prod`. */
async function act(world: World, { port, method, args }: Call): Promise<unknown> {
  const { signal } = new AbortController();
  const own: unknown[] = port === "stacks" ? ["prod", ...args.slice(1)] : [...args];
  if (port === "clock") return method === "sleep" ? world.clock.sleep(args[0] as number) : undefined;
  const target = port === "stacks" ? world.stacks : world.cloud(world.outputs)[port];
  const calls = target as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>;
  const found = calls[method];
  if (!found) throw new Error(`the fake world has no ${port}.${method}`);
  return found.call(target, ...own, signal);
}
