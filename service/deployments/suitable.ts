import { AlreadyLive, Drift } from "../errors/refusals.ts";
import { sayWeights } from "./drift.ts";
import type { DeploymentOrder } from "./order.ts";
import { sameRelease } from "./sameRelease.ts";
import { specOn, type Snapshot } from "./snapshot.ts";

/** Refuses a deployment that the stack, as it is now, can't take or does not need. Throws Drift, AlreadyLive. */
export function refuseUnsuitable({ release }: Pick<DeploymentOrder, "release">, snapshot: Snapshot): void {
  refuseSplit(snapshot);
  const live = snapshot.live && specOn(snapshot, snapshot.live);
  if (live && snapshot.live && sameRelease(live.release, release))
    throw new AlreadyLive(release.tag, snapshot.live);
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
