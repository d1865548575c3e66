import { setTimeout as sleep } from "node:timers/promises";

/**
 * Time as the simulated AWS sees it. `speed` divides AWS's own delays and the health check interval;
 * time-outs, deadlines and windows that a user configures are never divided, so they do not go through `delay`.
 */
export interface Clock {
  /** Now, as a Date on the real clock. */
  now(): Date;
  /** One of AWS's own delays, in milliseconds at speed 1. Rejects with AbortError when aborted. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
  /** A user's time-out or window, in real milliseconds whatever the speed. */
  real(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The real clock, with AWS's own delays divided by `speed` (1 is real intervals). */
export function clockAt(speed: number): Clock {
  return {
    now: () => new Date(),
    delay: (ms, signal) => sleep(ms / speed, undefined, signal ? { signal } : {}),
    real: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
  };
}
