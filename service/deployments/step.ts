import type { Colour } from "../../infra/release.ts";
import type { Clock } from "../ports/clock.ts";
import type { Cloud } from "../ports/ground.ts";
import type { Stacks } from "../ports/stacks.ts";
import type { Weights } from "../ports/traffic.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * One thing that a run does. It looks before it acts, since a process that died in it makes the next one do it again.
 * `undo` takes it back, also where `run` got only halfway.
 */
export interface Step {
  /** Unique in its run. */
  readonly name: string;
  /** The sentence that a person would say. */
  readonly title: string;
  run(at: At): Promise<Done>;
  undo?(at: At): Promise<string>;
  /** The weights that it is about to write: finding them written is not somebody else's doing. */
  readonly aims?: Weights;
  /** The colour whose tasks it is about to end: finding fewer than autoscaling allows is not somebody else's doing. */
  readonly rests?: Colour;
  /** The colour whose task definition it is about to change: finding another one is not somebody else's doing. */
  readonly replaces?: Colour;
  /**
   * Names the change of the code that brought this step into its list. A run that began before that change and is
   * finished after it goes on without the step: its recorded steps stay in their places.
   */
  readonly since?: string;
  /**
   * Whether an earlier process of this run began what it does. A step that has this question is not cut short by a
   * cancel or an undo once it has begun, whatever becomes of the process: those wait for its end.
   */
  hasBegun?(at: At): Promise<boolean>;
  /** After it an undo has to accept the migration: one that does not came before, and stops it, or is refused. */
  readonly noReturn?: true;
}

/** What a step ended with: a sentence for people, and facts for the steps after it. */
export interface Done {
  readonly evidence: string;
  readonly facts?: Facts;
}

/** What a run found out and did so far, plain JSON. */
export interface Facts {
  readonly staged?: Staged;
  /** ARN of a task definition that is registered and stands nowhere yet. */
  readonly registered?: string;
  readonly weights?: Weights;
  /** ISO 8601. */
  readonly trafficLiveAt?: string;
  readonly migrated?: "compatible" | "incompatible";
}

/** What a run has put on a colour. */
export interface Staged {
  /** Runs of before there was another way always went to the idle one, and do not say so. */
  readonly colour?: Colour;
  /** ARN of the task definition that the colour has now. */
  readonly taskDefinition: string;
  readonly count: number;
  /** Tasks that had stopped before the staging: not this release's failures. */
  readonly stoppedBefore: readonly string[];
}

/** Where a step stands: what it may use and what is known. */
export interface At {
  readonly run: string;
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly cloud: Cloud;
  readonly stacks: Stacks;
  readonly clock: Clock;
  /** Aborted when somebody cancels or undoes. */
  readonly signal: AbortSignal;
  /** Aborted when somebody says that a wait is long enough. */
  readonly promoted: AbortSignal;
  /** Shows progress to readers. */
  readonly say: (evidence: string) => void;
}
