import type { Colour } from "../../infra/release.ts";

/** Percent of the requests that each colour gets. */
export type Weights = Readonly<Record<Colour, number>>;

/** The two rules, as the load balancer answered them. */
export interface Rules {
  readonly production: Weights;
  /** Seconds that a customer stays with the colour that answered first; null when stickiness is off. */
  readonly sticky: number | null;
  /** The colour that the test listener shows; null when it shows neither, or both. */
  readonly test: Colour | null;
}

export interface Target {
  readonly address: string;
  readonly port: number;
  /** AWS's own word: initial, healthy, unhealthy, unused, draining, unavailable. */
  readonly state: string;
  /** AWS's sentence, where the state is not healthy. */
  readonly reason?: string;
}

/** The load balancer in front of one stack. */
export interface Traffic {
  rules(signal: AbortSignal): Promise<Rules>;
  /** Writes the production rule, absolute, and answers what it then read back. */
  shift(
    to: { readonly weights: Weights; readonly sticky: number | null },
    signal: AbortSignal,
  ): Promise<Rules>;
  /** Sets the test listener's rule to one colour, and answers what it then read back. */
  pointTest(colour: Colour, signal: AbortSignal): Promise<Rules>;
  health(colour: Colour, signal: AbortSignal): Promise<readonly Target[]>;
}
