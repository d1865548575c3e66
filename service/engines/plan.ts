import type { Colour } from "../../infra/release.ts";
import type { Step } from "../deployments/step.ts";

/** What a run does, and the colour that it leaves to be put to rest, so many seconds later. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly then?: { readonly rest: Colour; readonly after: number };
}
