import { colours, type Colour } from "../../infra/release.ts";
import type { Ground } from "../ports/ground.ts";
import type { Suspended } from "../ports/tasks.ts";
import type { Weights } from "../ports/traffic.ts";
import { atWork, lastMove, mover } from "./busy.ts";
import type { Deployment } from "./deployment.ts";
import { leftOtherwise, notRecorded } from "./drift.ts";
import type { House } from "./house.ts";
import { look, specOn, type Snapshot } from "./snapshot.ts";

/** A stack as AWS shows it now. */
export interface StackView {
  readonly stack: string;
  readonly live: Colour | null;
  readonly weights: Weights;
  /** The colour that the test listener shows. */
  readonly test: Colour | null;
  readonly url: string;
  readonly testUrl: string;
  readonly colours: Readonly<Record<Colour, ColourView>>;
  /** The run at work. */
  readonly running: string | null;
  /** The last run that moved traffic for good. */
  readonly last: string | null;
  /** Until when the former release stays warm; null when it may rest. */
  readonly undoUntil: string | null;
  /** Differences that nothing of this service made. */
  readonly drift: readonly string[];
}

export interface ColourView {
  readonly release: string | null;
  readonly image: string | null;
  readonly taskDefinition: string;
  readonly tasks: { readonly desired: number; readonly running: number; readonly pending: number };
  /** Targets by AWS's word for their state. */
  readonly health: Readonly<Record<string, number>>;
  /** Which kinds of autoscaling are switched off. */
  readonly suspended: Suspended;
}

export async function viewStack(house: House, stack: string, signal: AbortSignal): Promise<StackView> {
  const { ground, runs } = house;
  const outputs = await ground.stacks.outputs(stack, signal);
  const [snapshot, running, last, [blue, green]] = await Promise.all([
    look(ground, { stack, outputs }, signal),
    atWork(runs, stack),
    lastMove(runs, stack),
    Promise.all(colours.map((colour) => health(ground, { snapshot: outputs, colour }, signal))),
  ]);
  const now = ground.clock.now().toISOString();
  return {
    stack,
    live: snapshot.live,
    weights: snapshot.rules.production,
    test: snapshot.rules.test,
    url: outputs.loadBalancer.url,
    testUrl: outputs.loadBalancer.testUrl,
    colours: {
      blue: colourView(snapshot, "blue", blue ?? {}),
      green: colourView(snapshot, "green", green ?? {}),
    },
    running: running?.id ?? null,
    last: last?.id ?? null,
    undoUntil: last?.undoUntil && last.undoUntil > now ? last.undoUntil : null,
    // A run at work is in the middle of its own changes, and compares for itself.
    drift: running ? [] : differences(snapshot, await mover(runs, stack, last)),
  };
}

async function health(
  ground: Ground,
  of: { readonly snapshot: Snapshot["outputs"]; readonly colour: Colour },
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const targets = await ground.cloud(of.snapshot).traffic.health(of.colour, signal);
  const counts: Record<string, number> = {};
  for (const { state } of targets) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function colourView(snapshot: Snapshot, colour: Colour, targets: Record<string, number>): ColourView {
  const { desired, running, pending, taskDefinition, suspended } = snapshot.services[colour];
  const release = specOn(snapshot, colour)?.release;
  return {
    release: release?.tag ?? null,
    image: release?.image ?? null,
    taskDefinition,
    tasks: { desired, running, pending },
    health: targets,
    suspended,
  };
}

function differences(snapshot: Snapshot, by: Deployment | undefined): readonly string[] {
  const { rules, services } = snapshot;
  const found: string[] = [];
  const moved = by && leftOtherwise(by, rules.production);
  if (moved) found.push(moved);
  for (const colour of colours) {
    const otherwise = notRecorded(snapshot, colour);
    if (otherwise) found.push(otherwise);
    const { desired, capacity } = services[colour];
    if (colour === snapshot.live && (desired < capacity.min || desired > capacity.max)) {
      found.push(
        `${colour} is live with ${desired} tasks desired; ${capacity.min} to ${capacity.max} are allowed.`,
      );
    }
  }
  return found;
}
