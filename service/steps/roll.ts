import type { Colour, Release, Spec } from "../../infra/release.ts";
import { specOn } from "../deployments/snapshot.ts";
import type { At, Done, Step } from "../deployments/step.ts";
import { Problem } from "../errors/problem.ts";
import { Drift } from "../errors/refusals.ts";
import { stoppedAmong } from "./crashes.ts";
import { replaceBy } from "./goBack.ts";
import { placedOn } from "./placed.ts";
import { isUntouched, recordAgain } from "./recordSpec.ts";
import { waitUntilHealthy } from "./untilHealthy.ts";

/**
 * Puts the release in the place of the one that customers have, with one Pulumi update: from then on ECS replaces task
 * by task. Taken back, ECS replaces them again by those that were there, and Pulumi's record follows.
 */
export function roll(
  colour: Colour,
  what: { readonly release: Release; readonly healthyWithin: number },
): Step {
  return {
    name: "roll",
    title: `replace ${colour}'s tasks with ${what.release.tag}`,
    replaces: colour,
    run: (at) => place(at, colour, what.release),
    undo: (at) => putBack(at, colour, what.healthyWithin),
  };
}

async function place(at: At, colour: Colour, release: Release): Promise<Done> {
  const { cloud, signal, snapshot, stacks } = at;
  const [before, { desired: count }] = await Promise.all([
    cloud.tasks.list(colour, signal),
    cloud.tasks.service(colour, signal),
  ]);
  if (count === 0) {
    throw new Problem("unhealthy", {
      detail: `${colour} has the traffic, and no task is wanted there: there is nothing to replace.`,
      next: `Give it tasks, or deploy with {"engine":"blue-green"}; GET /stacks/${snapshot.stack} shows what runs.`,
    });
  }
  at.say(`Pulumi puts ${release.tag} on ${colour}`);
  const { outputs, ms } = await stacks.place(snapshot.stack, { colour, release, inPlace: true }, signal);
  const taskDefinition = placedOn(outputs, colour, snapshot.stack);
  const stoppedBefore = stoppedAmong(before);
  return {
    evidence: `Pulumi took ${Math.round(ms)} ms; ECS replaces ${count} tasks`,
    facts: { staged: { colour, taskDefinition, count, stoppedBefore } },
  };
}

async function putBack(at: At, colour: Colour, within: number): Promise<string> {
  const former = specOn(at.snapshot, colour);
  if (!former) throw new Error(`a release was replaced on ${colour}, and the record has none there`);
  if (await isUntouched(at, colour, former)) return `${former.release.tag} stands, as before`;
  await refuseForeign(at, colour, former);
  const staged = await replaceBy(at, colour, former);
  // Recorded before the wait: it is what ECS was told, whatever becomes of the tasks; and an update that was cut off and
  // still under way has ended by then.
  await recordAgain(at, colour, former);
  const { evidence } = await waitUntilHealthy(at, staged, within);
  return `${former.release.tag} again: ${evidence}`;
}

/** What somebody put on the service by hand since is left alone. */
async function refuseForeign(
  { cloud, facts, signal, snapshot, stacks }: At,
  colour: Colour,
  former: Spec,
): Promise<void> {
  const { taskDefinition: stands } = await cloud.tasks.service(colour, signal);
  if (stands === former.taskDefinition || stands === facts.staged?.taskDefinition) return;
  // An update that was cut off is written down nowhere else.
  const held = await stacks.taskDefinitions(snapshot.stack, signal);
  if (!held.includes(stands))
    throw new Drift(`The service of ${colour} runs ${stands}, so it is left alone.`, snapshot.stack);
}
