import type { Point } from "./moments.ts";
import type { DurableStack } from "./stacks.ts";

/** A run that stands at a point. */
export interface HeldRun {
  /** Resolves to the instance in which a run comes to the point first. */
  readonly there: Promise<string>;
  /** Lets it go on. Without this it stands there until its instance is killed. */
  readonly release: () => void;
}

/** Stops the first run of the stack that comes to this point, once. */
export function holdAt(stack: DurableStack, point: Point): HeldRun {
  const there = Promise.withResolvers<string>();
  const open = Promise.withResolvers<void>();
  stack.hold = ({ step, at, call }, worker) => {
    if (step !== point.step || at !== point.at || call !== point.call) return undefined;
    stack.hold = () => undefined;
    there.resolve(worker);
    return open.promise;
  };
  return { there: there.promise, release: open.resolve };
}
