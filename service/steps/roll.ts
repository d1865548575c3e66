import type { Colour, Release } from "../../infra/release.ts";
import { specOn } from "../deployments/snapshot.ts";
import type { At, Done, Step } from "../deployments/step.ts";
import { Problem } from "../errors/problem.ts";
import { replaceBy } from "./goBack.ts";
import { placedOn } from "./placed.ts";
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
  const stoppedBefore = before.filter((task) => task.end).map((task) => task.arn);
  return {
    evidence: `Pulumi took ${Math.round(ms)} ms; ECS replaces ${count} tasks`,
    facts: { staged: { colour, taskDefinition, count, stoppedBefore } },
  };
}

async function putBack(at: At, colour: Colour, within: number): Promise<string> {
  const { signal, snapshot, stacks } = at;
  const former = specOn(snapshot, colour);
  if (!former) throw new Error(`a release was replaced on ${colour}, and the record has none there`);
  const staged = await replaceBy(at, colour, former);
  const { evidence } = await waitUntilHealthy(at, staged, within);
  await stacks.place(snapshot.stack, { colour, spec: former }, signal);
  return `${former.release.tag} again: ${evidence}`;
}
