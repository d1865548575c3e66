import type { Colour, Revision } from "../../infra/release.ts";
import type { DeploymentOrder, UndoOrder } from "../deployments/order.ts";
import type { Snapshot } from "../deployments/snapshot.ts";
import type { Plan } from "./plan.ts";

/** One way to do a deployment and to take it back after its end. Pure: no request to anybody. */
export interface Engine {
  /** The colour that a deployment, or the undo of one, brings up. */
  goesTo(snapshot: Snapshot): Colour;
  /** What an undo of a deployment that has ended brings back; null where there is nothing. */
  former(snapshot: Snapshot): Revision | null;
  /** Tasks that are missing before that can carry what is live now; 0 where what carries it stays until then. */
  lacks(snapshot: Snapshot): number;
  deploy(order: DeploymentOrder, snapshot: Snapshot): Plan;
  undo(order: UndoOrder, snapshot: Snapshot): Plan;
  /** Throws where this engine can't do what is asked, though another one could. */
  refuse?(order: Pick<DeploymentOrder, "release">, snapshot: Snapshot): void;
}
