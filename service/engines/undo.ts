import type { UndoOrder } from "../deployments/order.ts";
import type { Snapshot } from "../deployments/snapshot.ts";
import { rest } from "../steps/rest.ts";
import { shift } from "../steps/shift.ts";
import { untilHealthy } from "../steps/untilHealthy.ts";
import { missingTasks, warm } from "../steps/warm.ts";
import type { Plan } from "./plan.ts";

/**
 * Gives traffic back to the colour that had it before. With tasks enough it is one write to the load balancer;
 * Pulumi has no part in it. Told `now`, the colour takes the traffic with what it has, if it has anything.
 */
export function undo(order: UndoOrder, snapshot: Snapshot): Plan {
  const former = snapshot.idle;
  const undone = snapshot.live ?? snapshot.idle;
  const { healthyWithin } = snapshot.outputs.deployment;
  // Whatever fails after it, nobody wants the undone release back.
  const back = shift(former, 100, { stays: true });
  const strengthen = [warm(former), untilHealthy(former, { within: healthyWithin })];
  if (missingTasks(snapshot) === 0) return { steps: [back, rest(undone)] };
  if (order.now && snapshot.services[former].running > 0)
    return { steps: [back, ...strengthen, rest(undone)] };
  return { steps: [...strengthen, back, rest(undone)] };
}
