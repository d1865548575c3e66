import type { Problem } from "../errors/problem.ts";
import type { At } from "./step.ts";

/** What one look found: the end of the wait, or what is still missing. */
export type Look<T> = { readonly done: T } | { readonly missing: string };

/** Milliseconds between two looks: short, since a customer's undo or a go-live waits for it. */
const pause = 250;

/**
 * Looks again and again until a look is done. Says what is missing whenever that changes, and gives up after
 * `within` seconds with the last evidence. A look that throws ends the wait at once.
 */
export async function until<T>(
  at: At,
  wait: {
    readonly within: number;
    readonly look: () => Promise<Look<T>>;
    readonly tooLate: (last: string) => Problem | Promise<Problem>;
  },
): Promise<T> {
  const deadline = at.clock.now().getTime() + wait.within * 1000;
  let last = "";
  for (;;) {
    at.signal.throwIfAborted();
    const seen = await wait.look();
    if ("done" in seen) return seen.done;
    if (seen.missing !== last) at.say(seen.missing);
    last = seen.missing;
    if (at.clock.now().getTime() >= deadline) throw await wait.tooLate(last);
    await at.clock.sleep(pause, at.signal);
  }
}
