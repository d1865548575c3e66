import type { Colour } from "../../infra/release.ts";
import { specOn, type Snapshot } from "../deployments/snapshot.ts";
import type { At, Done, Step } from "../deployments/step.ts";
import { Problem } from "../errors/problem.ts";
import { stoppedAmong } from "./crashes.ts";
import { atRest, free, onGuard, suspend } from "./scaling.ts";

/** How many tasks the idle colour lacks to carry what the live one carries now. */
export function missingTasks({ services, idle, live }: Snapshot): number {
  return live ? Math.max(0, services[live].running - services[idle].running) : 0;
}

/** Brings the idle colour's own release up to as many tasks as the live colour runs. Its spec stands; Pulumi has no part. */
export function warm(colour: Colour): Step {
  return {
    name: "warm",
    title: `warm ${colour}`,
    run: (at) => scaleUp(at, colour),
    undo: async (at) => {
      const { production } = await at.cloud.traffic.rules(at.signal);
      if (production[colour] > 0) return `${colour} has traffic, so its tasks stay`;
      const former = at.snapshot.services[colour].desired;
      await at.cloud.tasks.scale(colour, former, at.signal);
      await suspend(at, colour, former === 0 ? atRest : onGuard);
      if (at.snapshot.live) await suspend(at, at.snapshot.live, former === 0 ? free : onGuard);
      return `${colour} has ${former} tasks desired, as before`;
    },
  };
}

async function scaleUp(at: At, colour: Colour): Promise<Done> {
  const { cloud, signal, snapshot } = at;
  const spec = specOn(snapshot, colour);
  if (!spec || !snapshot.live) {
    throw new Problem("nothing-to-rest", {
      detail: `No release stands on ${colour}, so there is nothing to warm.`,
      next: `Deploy: POST /deployments {"stack":"${snapshot.stack}","image":"<image>"}.`,
    });
  }
  const [serving, tasks] = await Promise.all([
    cloud.tasks.service(snapshot.live, signal),
    cloud.tasks.list(colour, signal),
  ]);
  const count = Math.max(serving.running, snapshot.services[colour].desired);
  await Promise.all([suspend(at, colour, onGuard), suspend(at, snapshot.live, onGuard)]);
  await cloud.tasks.scale(colour, count, signal);
  const stoppedBefore = stoppedAmong(tasks);
  return {
    evidence: `${missingTasks(snapshot)} tasks were missing; ${count} asked for`,
    facts: {
      staged: { colour, taskDefinition: spec.taskDefinition, count, stoppedBefore },
    },
  };
}
