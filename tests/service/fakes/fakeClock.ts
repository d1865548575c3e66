import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../../service/ports/clock.ts";

/** A clock that jumps: a sleep takes no time, and moves the clock by what it should have taken. */
export function fakeClock(): Clock & { readonly elapsed: () => number } {
  const start = Date.parse("2026-03-01T12:00:00Z");
  let now = start;
  return {
    now: () => new Date(now),
    elapsed: () => now - start,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
      await setImmediate();
      signal?.throwIfAborted();
    },
  };
}
