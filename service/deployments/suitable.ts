import { engines } from "../engines/engines.ts";
import { AlreadyLive, Drift } from "../errors/refusals.ts";
import type { Deployment } from "./deployment.ts";
import { leftOtherwise, movedBackByHand, notRecorded, sayWeights } from "./drift.ts";
import type { DeploymentOrder } from "./order.ts";
import { sameRelease } from "./sameRelease.ts";
import { specOn, type Snapshot } from "./snapshot.ts";
import { commandsFor } from "./stuck.ts";

/**
 * Refuses a deployment that the stack, as it is now, can't take or does not need. Throws Drift, AlreadyLive, and what the
 * engine says.
 * @param mover The run whose weights should be on the production rule.
 */
export function refuseUnsuitable(
  { release, settings }: Pick<DeploymentOrder, "release" | "settings">,
  snapshot: Snapshot,
  mover: Deployment | undefined,
): void {
  refuseMoved(snapshot, mover);
  refuseSplit(snapshot);
  refuseUnrecorded(snapshot);
  const live = snapshot.live && specOn(snapshot, snapshot.live);
  if (live && snapshot.live && sameRelease(live.release, release))
    throw new AlreadyLive(release.tag, snapshot.live);
  engines[settings.engine].refuse?.({ release }, snapshot);
}

/** Customers have another release than the last run gave them: which of the two is to be kept safe, a person has to say. */
function refuseMoved(snapshot: Snapshot, mover: Deployment | undefined): void {
  const { stack, outputs } = snapshot;
  // A stack that was made anew under an old name has nothing of the old one's runs.
  const isNew = !outputs.record.blue && !outputs.record.green;
  if (!mover?.colour || isNew) return;
  const moved = leftOtherwise(mover, snapshot.rules.production);
  if (!moved) return;
  const stay = movedBackByHand(snapshot, mover)
    ? [`To stay with ${mover.from?.image ?? "it"}: POST /stacks/${stack}/undo, then try again.`]
    : [];
  throw new Drift(
    moved,
    stack,
    [...stay, ...commandsFor(snapshot, { colour: mover.colour }), "Then try again."].join(" "),
  );
}

/** What is to be kept safe is not what Pulumi has recorded: after an undo in place whose record was not written, say. */
function refuseUnrecorded(snapshot: Snapshot): void {
  const { stack } = snapshot;
  const otherwise = notRecorded(snapshot);
  if (!otherwise) return;
  throw new Drift(
    otherwise,
    stack,
    `After an undo that ended as stuck, POST /stacks/${stack}/undo again: it writes the record. Else see GET /stacks/${stack}, and put it back by hand.`,
  );
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
