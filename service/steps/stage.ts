import type { DeploymentSettings } from "../../infra/outputs.ts";
import type { Colour, Release } from "../../infra/release.ts";
import { sayWeights } from "../deployments/drift.ts";
import { specOn } from "../deployments/snapshot.ts";
import type { At, Done, Step } from "../deployments/step.ts";
import { Drift } from "../errors/refusals.ts";
import { stoppedAmong } from "./crashes.ts";
import { placedOn } from "./placed.ts";
import { atRest, free, onGuard, suspend } from "./scaling.ts";

/**
 * Puts the release on the idle colour with one Pulumi update, then asks for as many tasks as the live colour runs
 * now. Taken back, the colour rests at zero with the spec that it had.
 */
export function stage(
  colour: Colour,
  what: { readonly release: Release; readonly settings: DeploymentSettings },
): Step {
  return {
    name: "stage",
    title: `stage ${what.release.tag} on ${colour}`,
    run: (at) => place(at, colour, what),
    undo: (at) => putBack(at, colour),
  };
}

async function place(
  at: At,
  colour: Colour,
  what: { release: Release; settings: DeploymentSettings },
): Promise<Done> {
  const { cloud, signal, snapshot, stacks } = at;
  const { tasks } = cloud;
  const [standing, before] = await Promise.all([tasks.service(colour, signal), tasks.list(colour, signal)]);
  const spec = specOn(snapshot, colour)?.taskDefinition;
  // Tasks of the former release that wait for an undo: their window ends here. Zero first, so that they drain meanwhile.
  if (standing.desired > 0 && standing.taskDefinition === spec) await tasks.scale(colour, 0, signal);
  at.say(`Pulumi puts ${what.release.tag} on ${colour}`);
  const [placed, count] = await Promise.all([
    stacks.place(snapshot.stack, { colour, release: what.release }, signal),
    wanted(at, what.settings),
    // Without a live colour there is nothing to undo to, and so no window that would end the guard.
    suspend(at, colour, snapshot.live ? onGuard : free),
    snapshot.live ? suspend(at, snapshot.live, onGuard) : undefined,
  ]);
  const taskDefinition = placedOn(placed.outputs, colour, snapshot.stack);
  await tasks.scale(colour, count, signal);
  const stoppedBefore = stoppedAmong(before);
  return {
    evidence: `Pulumi took ${Math.round(placed.ms)} ms; ${count} tasks asked for`,
    facts: { staged: { colour, taskDefinition, count, stoppedBefore } },
  };
}

/** A deployment never lowers what carries the load: as many tasks as the live colour runs at this moment. */
async function wanted({ cloud, signal, snapshot }: At, settings: DeploymentSettings): Promise<number> {
  if (!snapshot.live) return settings.initialCount;
  const { running, desired } = await cloud.tasks.service(snapshot.live, signal);
  return Math.max(running, desired);
}

async function putBack(at: At, colour: Colour): Promise<string> {
  const { cloud, signal, snapshot, stacks } = at;
  const { production } = await cloud.traffic.rules(signal);
  if (snapshot.live && production[colour] > 0) {
    throw new Drift(
      `${colour} has traffic (${sayWeights(production)}), so its tasks are left running.`,
      snapshot.stack,
    );
  }
  await cloud.tasks.scale(colour, 0, signal);
  await Promise.all([
    suspend(at, colour, atRest),
    snapshot.live ? suspend(at, snapshot.live, free) : undefined,
  ]);
  const former = specOn(snapshot, colour);
  if (!former) return `${colour} rests at zero; it had no release before`;
  const [{ taskDefinition }, outputs] = await Promise.all([
    cloud.tasks.service(colour, signal),
    stacks.outputs(snapshot.stack, signal),
  ]);
  const untouched =
    taskDefinition === former.taskDefinition &&
    outputs.record[colour]?.taskDefinition === former.taskDefinition;
  if (!untouched) await stacks.place(snapshot.stack, { colour, release: former.release }, signal);
  return `${colour} rests at zero with ${former.release.tag}, as before`;
}
