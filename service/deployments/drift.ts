import { colours, type Colour } from "../../infra/release.ts";
import { Drift } from "../errors/refusals.ts";
import type { ColourService } from "../ports/tasks.ts";
import type { Weights } from "../ports/traffic.ts";
import type { Deployment } from "./deployment.ts";
import { specOn, type Snapshot } from "./snapshot.ts";
import type { At, Step } from "./step.ts";
import { shortName } from "./shortName.ts";

/**
 * Compares the rules and services with what the run believes, and throws Drift with the first difference that
 * it did not make. Live's count may move between min and max: autoscaling owns it there.
 */
export async function refuseDrift(at: At, step: Pick<Step, "aims" | "rests" | "replaces">): Promise<void> {
  const { snapshot, cloud, signal } = at;
  const [rules, ...services] = await Promise.all([
    cloud.traffic.rules(signal),
    ...colours.map((colour) => cloud.tasks.service(colour, signal)),
  ]);
  const moved = weightsMoved(at, { now: rules.production, aims: step.aims });
  if (moved) throw new Drift(moved, snapshot.stack);
  for (const [index, colour] of colours.entries()) {
    const changed = serviceChanged(at, { ...step, colour }, services[index] as ColourService);
    if (changed) throw new Drift(changed, snapshot.stack);
  }
}

/** The same of the weights alone, for the end of a step that nothing may come after. */
export async function refuseMovedWeights(at: At): Promise<void> {
  const { production } = await at.cloud.traffic.rules(at.signal);
  const moved = weightsMoved(at, { now: production });
  if (moved) throw new Drift(moved, at.snapshot.stack);
}

/** The sentence that says so where the production rule has other weights than the run left on it, else null. */
export function leftOtherwise({ kind, id, weights }: Deployment, now: Weights): string | null {
  if (!weights || sameWeights(weights, now)) return null;
  return `The production rule weighs ${sayWeights(now)}; the ${kind} ${id} left it at ${sayWeights(weights)}.`;
}

/** The sentence that says so where a colour's service, by default the live one's, runs something else than is recorded. */
export function notRecorded(snapshot: Snapshot, colour: Colour | null = snapshot.live): string | null {
  const recorded = colour && specOn(snapshot, colour)?.taskDefinition;
  if (!colour || !recorded) return null;
  const { taskDefinition } = snapshot.services[colour];
  if (taskDefinition === recorded) return null;
  return `The service of ${colour} runs ${taskDefinition}; the record says ${recorded}.`;
}

/**
 * Whether somebody gave all traffic back to the former release already, past this service: an undo then moves nothing,
 * lets the undone release rest, and is the last run that moved traffic from then on.
 */
export function movedBackByHand({ rules }: Snapshot, { kind, colour, from }: Deployment): boolean {
  return (
    kind === "deployment" &&
    from !== undefined &&
    from.colour !== colour &&
    rules.production[from.colour] === 100
  );
}

export function sameWeights(a: Weights, b: Weights): boolean {
  return a.blue === b.blue && a.green === b.green;
}

export function sayWeights(weights: Weights): string {
  return `blue ${weights.blue}, green ${weights.green}`;
}

function weightsMoved(
  { facts, snapshot }: At,
  { now, aims }: { readonly now: Weights; readonly aims?: Weights | undefined },
): string | null {
  const believed = facts.weights ?? snapshot.rules.production;
  if (sameWeights(now, believed) || (aims && sameWeights(now, aims))) return null;
  return `The production rule weighs ${sayWeights(now)}; this run left it at ${sayWeights(believed)}.`;
}

function serviceChanged(
  { snapshot, facts }: At,
  { colour, rests, replaces }: { readonly colour: Colour } & Pick<Step, "rests" | "replaces">,
  service: ColourService,
): string | null {
  const standing = colour === snapshot.live;
  const staged = colour === (facts.staged?.colour ?? snapshot.idle) ? facts.staged : undefined;
  const expected =
    staged?.taskDefinition ?? (standing ? snapshot.services[colour].taskDefinition : undefined);
  if (expected === undefined) return null;
  if (service.taskDefinition !== expected && colour !== replaces) {
    return `The service of ${colour} runs ${shortName(service.taskDefinition)}; this run knows ${shortName(expected)} there.`;
  }
  const { min, max } = service.capacity;
  if (colour === rests && service.desired === 0) return null;
  const least = standing ? Math.min(min, snapshot.services[colour].desired) : (staged?.count ?? 0);
  const most = Math.max(max, standing ? snapshot.services[colour].desired : least);
  if (service.desired >= least && service.desired <= most) return null;
  return `The service of ${colour} has ${service.desired} tasks desired, and its allowed count is ${least} to ${most}.`;
}
