import { Counts } from "./counts.ts";
import type { Target } from "./target.ts";

/** Targets that answer for each other, and the choice between them. */
export class Group {
  readonly counts = new Counts();
  /** Milliseconds over which a new target's share grows; 0 is at once. */
  slowStart = 0;
  algorithm: "round_robin" | "least_outstanding_requests" = "round_robin";
  #targets: readonly Target[] = [];
  #next = 0;

  /** Replaces the targets that get requests. What the others are answering goes on. */
  admit(targets: readonly Target[]): void {
    const now = Date.now();
    // Slow start is for targets that join others: the first ones of a group take their full share.
    const joins = this.#targets.length > 0;
    for (const target of targets) if (!this.#targets.includes(target)) target.admitted = joins ? now : 0;
    this.#targets = targets;
  }

  get isEmpty(): boolean {
    return this.#targets.length === 0;
  }

  /** The target of the next request; undefined when there is none. */
  choose(): Target | undefined {
    const targets = this.#targets;
    if (targets.length === 0) return undefined;
    if (this.algorithm === "least_outstanding_requests")
      return targets.reduce((least, one) => (one.exchanges.size < least.exchanges.size ? one : least));
    for (let tries = 0; tries < targets.length; tries++) {
      const target = targets[this.#next++ % targets.length];
      if (target && (this.slowStart === 0 || this.#isWarm(target))) return target;
    }
    return targets[this.#next++ % targets.length];
  }

  /** A target that warms up takes a share of its turns that grows from a tenth to all. */
  #isWarm({ admitted }: Target): boolean {
    const share = Math.max(0.1, (Date.now() - admitted) / this.slowStart);
    return share >= 1 || Math.random() < share;
  }
}
