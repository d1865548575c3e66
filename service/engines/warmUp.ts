import type { WarmOrder } from "../deployments/order.ts";
import type { Snapshot } from "../deployments/snapshot.ts";
import { untilHealthy } from "../steps/untilHealthy.ts";
import { warm } from "../steps/warm.ts";
import type { Plan } from "./plan.ts";

/** Brings the resting colour up beside the live one, ready for an undo; it rests again when the window closes. */
export function warmUp(order: WarmOrder, snapshot: Snapshot): Plan {
  const { healthyWithin, undoWindow } = snapshot.outputs.deployment;
  return {
    steps: [warm(order.colour), untilHealthy(order.colour, { within: healthyWithin })],
    then: { rest: order.colour, after: undoWindow },
  };
}
