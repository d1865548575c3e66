import type { Cloud, Ground } from "../../service/ports/ground.ts";
import type { Ask, Call } from "./wire.ts";

/** One run in a worker (or one request, without an id), and the step that it is in. */
export interface Scene {
  readonly stack: string;
  readonly run?: string;
  step?: string | undefined;
  /** What the stack's clock showed at the last answer. */
  now: number;
}

/** Sends something to the test's process and waits for its answer. */
export type Asking = (scene: Scene, what: Ask["what"]) => Promise<unknown>;

/** The service's ports, carried out by the test's process. */
export function remoteGround(scene: Scene, ask: Asking): Ground {
  const call = <T>(port: Call["port"], method: string, args: readonly unknown[], signal?: AbortSignal) =>
    unlessAborted(() => ask(scene, { call: { port, method, args } }) as Promise<T>, signal);
  const cloud: Cloud = {
    traffic: {
      rules: (signal) => call("traffic", "rules", [], signal),
      shift: (to, signal) => call("traffic", "shift", [to], signal),
      pointTest: (colour, signal) => call("traffic", "pointTest", [colour], signal),
      health: (colour, signal) => call("traffic", "health", [colour], signal),
    },
    tasks: {
      service: (colour, signal) => call("tasks", "service", [colour], signal),
      list: (colour, signal) => call("tasks", "list", [colour], signal),
      scale: (colour, count, signal) => call("tasks", "scale", [colour, count], signal),
      suspend: (colour, flags, signal) => call("tasks", "suspend", [colour, flags], signal),
      replace: (colour, taskDefinition, signal) => call("tasks", "replace", [colour, taskDefinition], signal),
    },
    revisions: {
      active: (colour, signal) => call("revisions", "active", [colour], signal),
      deregister: (arn, signal) => call("revisions", "deregister", [arn], signal),
    },
    oneOffs: {
      run: (order, signal) => call("oneOffs", "run", [order], signal),
      find: (order, signal) => call("oneOffs", "find", [order], signal),
      look: (task, signal) => call("oneOffs", "look", [task], signal),
    },
    logs: { tail: (of, signal) => call("logs", "tail", [of], signal) },
    images: {
      resolve: (name, signal) => call("images", "resolve", [name], signal),
      kept: (signal) => call("images", "kept", [], signal),
      keep: (image, signal) => call("images", "keep", [image], signal),
      forget: (image, signal) => call("images", "forget", [image], signal),
    },
    questions: {
      ask: (listener, question, signal) => call("questions", "ask", [listener, question], signal),
    },
  };
  return {
    stacks: {
      outputs: (stack, signal) => call("stacks", "outputs", [stack], signal),
      // Each worker is young: it read nothing yet.
      recent: () => undefined,
      taskDefinitions: (stack, signal) => call("stacks", "taskDefinitions", [stack], signal),
      place: (stack, placement, signal) => call("stacks", "place", [stack, placement], signal),
      register: (stack, placement, signal) => call("stacks", "register", [stack, placement], signal),
    },
    cloud: () => cloud,
    clock: {
      now: () => new Date(scene.now),
      sleep: (ms, signal) => call("clock", "sleep", [ms], signal),
    },
  };
}

/** An aborted request ends at once, as the SDK's do; it may be carried out all the same. */
async function unlessAborted<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return act();
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { signal: over.signal });
  });
  try {
    return await Promise.race([act(), aborted]);
  } finally {
    over.abort();
  }
}
