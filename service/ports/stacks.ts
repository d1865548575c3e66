import type { Outputs } from "../../infra/outputs.ts";
import type { Colour, Release } from "../../infra/release.ts";

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
   * Puts a release on one colour, and changes nothing else: one update, targeted at the colour's resources.
   * Placing what already stands there changes nothing. Answers the outputs after it and how long it took, in milliseconds.
   */
  place(
    stack: string,
    placement: { readonly colour: Colour; readonly release: Release },
    signal: AbortSignal,
  ): Promise<{ readonly outputs: Outputs; readonly ms: number }>;
}
