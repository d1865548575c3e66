/**
 * How long ECS waits until it replaces tasks that ended by themselves, in milliseconds. Those that never ran are retried
 * less and less often, up to 27 minutes. Those that ran are not throttled by ECS, but there each start takes its time;
 * here a pause stands for it, so that a release that only crashes leaves this machine to others.
 */
const first = 1000;
const longest = { neverRan: 27 * 60_000, ran: 15_000 };
/** From here on the service says that it can't start its tasks. */
const saidFrom = 3;

export class BackOff {
  #rounds = 0;

  /** Tasks failed, and are about to be replaced: for how long to wait. */
  next({ neverRan }: { readonly neverRan: boolean }): { readonly ms: number; readonly isThrottled: boolean } {
    const ms = Math.min(first * 2 ** this.#rounds, neverRan ? longest.neverRan : longest.ran);
    this.#rounds += 1;
    return { ms, isThrottled: neverRan && this.#rounds >= saidFrom };
  }

  /** A task got healthy, or there is something new to try. */
  reset(): void {
    this.#rounds = 0;
  }
}
