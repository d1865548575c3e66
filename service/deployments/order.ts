import type { DeploymentSettings } from "../../infra/outputs.ts";
import type { Colour, Release } from "../../infra/release.ts";
import type { EngineName } from "../engines/engines.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a run is to do: recorded when it is asked for, plain JSON. */
export type Order = DeploymentOrder | UndoOrder | RestOrder | WarmOrder;

export interface DeploymentOrder {
  readonly kind: "deployment";
  readonly stack: string;
  readonly release: Release;
  /** The stack's own settings with what the request overrides. */
  readonly settings: DeploymentSettings;
  /** What was seen when the request came: the engine makes its steps from it. */
  readonly snapshot: Snapshot;
}

export interface UndoOrder {
  readonly kind: "undo";
  readonly stack: string;
  /** The run that is undone. */
  readonly follows: string;
  /** The engine that did it; orders of before there was a second one have none. */
  readonly engine?: EngineName;
  /** Move the weights even when the former colour has fewer tasks than the load needs. */
  readonly now: boolean;
  readonly snapshot: Snapshot;
}

/** Due later, so it looks for itself when it is due. */
export interface RestOrder {
  readonly kind: "rest";
  readonly stack: string;
  readonly colour: Colour;
  /** The run that made the colour idle: only as long as it is the last one that moved traffic. Null: in any case. */
  readonly follows: string | null;
}

export interface WarmOrder {
  readonly kind: "warm";
  readonly stack: string;
  readonly colour: Colour;
  readonly snapshot: Snapshot;
}
