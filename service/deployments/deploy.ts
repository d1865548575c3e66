import { randomUUID } from "node:crypto";
import type { DeploymentSettings } from "../../infra/outputs.ts";
import type { Release } from "../../infra/release.ts";
import { engines, plan, type Engine } from "../engines/engines.ts";
import { AlreadyLive, Busy, Drift, UnknownEngine } from "../errors/refusals.ts";
import { atWork, lastMove } from "./busy.ts";
import type { Deployment } from "./deployment.ts";
import { sayWeights } from "./drift.ts";
import type { House } from "./house.ts";
import type { DeploymentOrder } from "./order.ts";
import { sameRelease } from "./sameRelease.ts";
import { look, specOn, type Snapshot } from "./snapshot.ts";
import { toCome } from "./story.ts";

/** What a caller asks for; what is left out comes from the stack's configuration. Times in seconds. */
export type DeploymentRequest = {
  readonly stack: string;
  readonly image: string;
  readonly engine?: string;
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
  signal: AbortSignal,
): Promise<Deployment> {
  const { ground, runs } = house;
  const { stack, image, engine, ...overrides } = request;
  if (engine !== undefined && !isEngine(engine)) throw new UnknownEngine(engine, engines);
  const busy = await atWork(runs, stack);
  if (busy) throw new Busy(busy);
  const outputs = await ground.stacks.outputs(stack, signal);
  const [snapshot, pinned, last] = await Promise.all([
    look(ground, { stack, outputs }, signal),
    ground.cloud(outputs).images.resolve(image, signal),
    lastMove(runs, stack),
  ]);
  refuseSplit(snapshot);
  const release: Release = { ...outputs.next, ...pinned };
  const live = snapshot.live && specOn(snapshot, snapshot.live);
  if (live && snapshot.live && sameRelease(live.release, release))
    throw new AlreadyLive(release.tag, snapshot.live);
  const settings = { ...outputs.deployment, ...overrides };
  const order: DeploymentOrder = { kind: "deployment", stack, release, settings, snapshot };
  const view = firstView(order, { id: randomUUID(), createdAt: ground.clock.now().toISOString(), last });
  return runs.start({ order, view });
}

function firstView(
  order: DeploymentOrder,
  what: { readonly id: string; readonly createdAt: string; readonly last: Deployment | undefined },
): Deployment {
  const { release, snapshot, settings, stack } = order;
  const live = snapshot.live && specOn(snapshot, snapshot.live);
  return {
    id: what.id,
    kind: "deployment",
    stack,
    status: "queued",
    revision: 1,
    engine: settings.engine,
    image: release.tag,
    pinned: release.image,
    colour: snapshot.idle,
    ...(live && snapshot.live ? { from: { colour: snapshot.live, image: live.release.tag } } : {}),
    createdAt: what.createdAt,
    weights: snapshot.rules.production,
    steps: toCome(plan(order, snapshot).steps),
    notes: olderUndo(what.last, what.createdAt),
  };
}

/** The new release takes the colour that the older undo would have needed. */
function olderUndo(last: Deployment | undefined, now: string): readonly string[] {
  if (!last?.undoUntil || last.undoUntil <= now || !last.from) return [];
  return [
    `${last.from.image} was kept on ${last.from.colour} for an undo of ${last.id} until ${last.undoUntil}; this deployment takes ${last.from.colour}, so that undo ends now.`,
  ];
}

/** Between two releases there is no live one to keep safe. */
function refuseSplit({ rules, stack }: Snapshot): void {
  const { blue, green } = rules.production;
  if (blue === 0 || green === 0) return;
  throw new Drift(
    `The production rule splits the traffic (${sayWeights(rules.production)}), and no run is at work.`,
    stack,
  );
}

function isEngine(name: string): name is Engine {
  return (engines as readonly string[]).includes(name);
}
