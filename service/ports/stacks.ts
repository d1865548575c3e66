import type { Outputs } from "../../infra/outputs.ts";
import type { Placement } from "../../infra/release.ts";

/** The Pulumi stacks that this service may deploy to. */
export interface Stacks {
  /** What the last update of the stack answered. Throws UnknownStack. */
  outputs(stack: string, signal: AbortSignal): Promise<Outputs>;
  /**
   * What this process read or made of the stack last, without asking anybody; undefined when it never did.
   * Somebody may have changed the stack since.
   */
  recent(stack: string): Outputs | undefined;
  /** ARNs of the task definitions that Pulumi holds: it would make anew what is gone. Throws UnknownStack. */
  taskDefinitions(stack: string, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Puts a release on one colour, or a spec that stood there before, and changes nothing else: one update, targeted at the
   * colour's resources. Placing what already stands there changes nothing.
   */
  place(stack: string, placement: Placement, signal: AbortSignal): Promise<Placed>;
  /**
   * Registers the task definition that `place` with the same placement will use, and what its tasks need; the service
   * stays as it is. Registering it twice is registering it once.
   */
  register(stack: string, placement: Placement, signal: AbortSignal): Promise<Placed>;
}

export interface Placed {
  /** Of the stack, after the update. */
  readonly outputs: Outputs;
  /** Milliseconds that the update took. */
  readonly ms: number;
}
