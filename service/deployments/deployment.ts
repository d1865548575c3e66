import type { Colour } from "../../infra/release.ts";
import type { ProblemDetails } from "../errors/problem.ts";
import type { Weights } from "../ports/traffic.ts";
import type { Status } from "./status.ts";

export const kinds = ["deployment", "undo", "rest", "warm"] as const;
export type Kind = (typeof kinds)[number];

export const stepStatuses = [
  "waiting",
  "running",
  "done",
  "failed",
  "stopped",
  "skipped",
  "undoing",
  "undone",
] as const;
export type StepStatus = (typeof stepStatuses)[number];

/** One step as a reader sees it. Times are ISO 8601. */
export interface StepView {
  readonly name: string;
  /** The sentence that a person would say. */
  readonly title: string;
  readonly status: StepStatus;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** What was seen last: of a running step its progress, of an ended one what it rests on. */
  readonly evidence?: string;
}

/** One run as a reader sees it, whatever its kind. Times are ISO 8601. */
export interface Deployment {
  readonly id: string;
  readonly kind: Kind;
  readonly stack: string;
  readonly status: Status;
  /** Grows by one with each change. */
  readonly revision: number;
  readonly engine: string;
  /** `shop:1.1`; of an undo the release that comes back. */
  readonly image?: string;
  /** Pinned to its digest. */
  readonly pinned?: string;
  /** The colour that this run brings up, or puts to rest. */
  readonly colour?: Colour;
  /** What was live when the run was asked for. */
  readonly from?: { readonly colour: Colour; readonly image: string };
  /** Of an undo or a rest: the run that it follows. */
  readonly follows?: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  /** Since when customers have the release alone: the last shift to 100 was read back, or the last task was replaced. */
  readonly trafficLiveAt?: string;
  readonly finishedAt?: string;
  /** Until when the former release is kept for an undo. */
  readonly undoUntil?: string;
  /** When a queued run is due. */
  readonly dueAt?: string;
  /** Set once its migration was started: whether the release before it was declared to run on the new schema. */
  readonly migrated?: "compatible" | "incompatible";
  readonly weights?: Weights;
  readonly steps: readonly StepView[];
  /** Why it did not succeed. */
  readonly error?: ProblemDetails;
  /** What was tried and failed while it was taken back. */
  readonly undoErrors?: readonly ProblemDetails[];
  /** Sentences that a person should know. */
  readonly notes: readonly string[];
}
