import { randomUUID } from "node:crypto";
import type { DeploymentSettings } from "../../infra/outputs.ts";
import type { Release } from "../../infra/release.ts";
import { engines, isEngine, plan } from "../engines/engines.ts";
import { Busy, UnknownEngine } from "../errors/refusals.ts";
import type { IdempotencyKey, OnBusy } from "../ports/runs.ts";
import { atWork, lastMove, mover } from "./busy.ts";
import type { Deployment } from "./deployment.ts";
import type { House } from "./house.ts";
import type { DeploymentOrder } from "./order.ts";
import { look, specOn, type Snapshot } from "./snapshot.ts";
import { toCome } from "./story.ts";
import { refuseUnsuitable } from "./suitable.ts";

/** What a caller asks for; what is left out comes from the stack's configuration. Times in seconds. */
export type DeploymentRequest = {
  readonly stack: string;
  readonly image: string;
  readonly engine?: string;
  /** What becomes of it while another run is at work on the stack. Default reject. */
  readonly onBusy?: OnBusy;
} & Partial<
  Pick<
    DeploymentSettings,
    "shift" | "shiftPercent" | "shiftInterval" | "bake" | "undoWindow" | "healthyWithin"
  >
>;

/** Starts a deployment, or refuses it with what stands in its way; answers how it looks before its first step. */
export async function deploy(
  house: House,
  request: DeploymentRequest,
  given: { readonly signal: AbortSignal; readonly key?: IdempotencyKey },
): Promise<Deployment> {
  const { ground, runs } = house;
  const { stack, image, engine, onBusy = "reject", ...overrides } = request;
  const { signal, key } = given;
  if (engine !== undefined && !isEngine(engine)) throw new UnknownEngine(engine, Object.keys(engines));
  const busy = await atWork(runs, stack);
  if (busy && onBusy === "reject") throw new Busy(busy);
  const seenAt = await runs.epoch(stack);
  const outputs = await ground.stacks.outputs(stack, signal);
  const [snapshot, pinned, last] = await Promise.all([
    look(ground, { stack, outputs }, signal),
    ground.cloud(outputs).images.resolve(image, signal),
    lastMove(runs, stack),
  ]);
  const release: Release = { ...outputs.next, ...pinned };
  const settings = { ...outputs.deployment, ...overrides, ...(engine ? { engine } : {}) };
  const order: DeploymentOrder = { kind: "deployment", stack, release, settings, snapshot };
  // What waits is judged when its turn comes.
  if (!busy) refuseUnsuitable(order, snapshot, await mover(runs, stack, last));
  const createdAt = ground.clock.now().toISOString();
  const view = firstView(order, { id: randomUUID(), createdAt, last, busy });
  return runs.start({ order, view, onBusy, seenAt, ...(key ? { key } : {}) });
}

function firstView(
  order: DeploymentOrder,
  what: {
    readonly id: string;
    readonly createdAt: string;
    readonly last: Deployment | undefined;
    readonly busy: Deployment | undefined;
  },
): Deployment {
  const { release, snapshot, settings, stack } = order;
  const { id, createdAt, last, busy } = what;
  return {
    id,
    kind: "deployment",
    stack,
    status: "queued",
    revision: 1,
    engine: settings.engine,
    image: release.tag,
    pinned: release.image,
    createdAt,
    ...placeOf(order, snapshot),
    notes: busy ? [`It waits for the ${busy.kind} ${busy.id}.`] : olderUndo(last, createdAt),
  };
}

/** Where a deployment goes and what it does there: known for good when its turn comes. */
export function placeOf(
  order: DeploymentOrder,
  snapshot: Snapshot,
): Pick<Deployment, "colour" | "from" | "weights" | "steps"> {
  const live = snapshot.live && specOn(snapshot, snapshot.live);
  return {
    colour: engines[order.settings.engine].goesTo(snapshot),
    ...(live && snapshot.live ? { from: { colour: snapshot.live, image: live.release.tag } } : {}),
    weights: snapshot.rules.production,
    steps: toCome(plan(order, snapshot).steps),
  };
}

/** The new release takes the colour that the older undo would have needed. */
function olderUndo(last: Deployment | undefined, now: string): readonly string[] {
  if (!last?.undoUntil || last.undoUntil <= now || !last.from) return [];
  return [
    `${last.from.image} was kept for an undo of ${last.id} until ${last.undoUntil}; with this deployment that undo ends.`,
  ];
}
