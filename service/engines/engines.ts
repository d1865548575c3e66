import type { DeploymentSettings } from "../../infra/outputs.ts";
import type { Order, UndoOrder } from "../deployments/order.ts";
import type { Snapshot } from "../deployments/snapshot.ts";
import { rest } from "../steps/rest.ts";
import { tidy } from "../steps/tidy.ts";
import { blueGreen } from "./blueGreen.ts";
import type { Engine } from "./engine.ts";
import type { Plan } from "./plan.ts";
import { rolling } from "./rolling.ts";
import { warmUp } from "./warmUp.ts";

export type EngineName = DeploymentSettings["engine"];

/** How a deployment may be done. All of them work on the two standing services. */
export const engines: Readonly<Record<EngineName, Engine>> = { "blue-green": blueGreen, rolling };

export function isEngine(name: string): name is EngineName {
  return Object.hasOwn(engines, name);
}

/** The engine of the deployment that is undone. */
export function engineOf({ engine = "blue-green" }: UndoOrder): Engine {
  return engines[engine];
}

/** Pure: the same order and snapshot always give the same steps, so a run can be taken up by another process. */
export function plan(order: Order, snapshot: Snapshot): Plan {
  switch (order.kind) {
    case "deployment":
      return engines[order.settings.engine].deploy(order, snapshot);
    case "undo":
      return engineOf(order).undo(order, snapshot);
    case "rest":
      return { steps: [rest(order.colour), tidy()] };
    case "warm":
      return warmUp(order, snapshot);
  }
}
