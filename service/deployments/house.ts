import type { Ground } from "../ports/ground.ts";
import type { Runs } from "../ports/runs.ts";

/** What answering a request takes: everything outside, and the runs. */
export interface House {
  readonly ground: Ground;
  readonly runs: Runs;
}
