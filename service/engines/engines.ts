import type { Order } from "../deployments/order.ts";
import type { Snapshot } from "../deployments/snapshot.ts";
import { rest } from "../steps/rest.ts";
import { tidy } from "../steps/tidy.ts";
import { blueGreen } from "./blueGreen.ts";
import type { Plan } from "./plan.ts";
import { undo } from "./undo.ts";
import { warmUp } from "./warmUp.ts";

/** How a deployment may be done. */
export const engines = ["blue-green"] as const;
export type Engine = (typeof engines)[number];

/** Pure: the same order and snapshot always give the same steps, so a run can be taken up by another process. */
export function plan(order: Order, snapshot: Snapshot): Plan {
  switch (order.kind) {
    case "deployment":
      return blueGreen(order, snapshot);
    case "undo":
      return undo(order, snapshot);
    case "rest":
      return { steps: [rest(order.colour), tidy()] };
    case "warm":
      return warmUp(order, snapshot);
  }
}
