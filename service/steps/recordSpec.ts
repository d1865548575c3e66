import { isDeepStrictEqual } from "node:util";
import type { Colour, Spec } from "../../infra/release.ts";
import type { At, Step } from "../deployments/step.ts";
import { until } from "../deployments/until.ts";
import { Problem } from "../errors/problem.ts";

/** Seconds that somebody else's update is waited for. */
const patience = 600;
/** Milliseconds between two tries. */
const pause = 5000;

/** Pulumi learns what stands on a colour again. It is there already, so nothing restarts. */
export function recordSpec(colour: Colour, stands: Spec): Step {
  return {
    name: "record",
    title: `let Pulumi record ${stands.release.tag} on ${colour}`,
    run: async (at) => ({ evidence: await recordAgain(at, colour, stands) }),
  };
}

/** Writes the record as soon as nobody else holds the stack's lock: customers wait for nothing of it. */
export function recordAgain(at: At, colour: Colour, spec: Spec): Promise<string> {
  const { snapshot, stacks, signal, clock } = at;
  return until(at, {
    within: patience,
    look: async () => {
      try {
        const { ms } = await stacks.place(snapshot.stack, { colour, spec }, signal);
        return { done: `Pulumi took ${Math.round(ms)} ms to record ${spec.release.tag}` };
      } catch (error) {
        if (!(error instanceof Problem && error.code === "stack-locked")) throw error;
        await clock.sleep(pause, signal);
        return { missing: error.message };
      }
    },
    tooLate: (last) =>
      new Problem("stack-locked", {
        detail: `The record of ${spec.release.tag} on ${colour} could not be written within ${patience} s: ${last}`,
        next: `When that lock is gone, POST /stacks/${snapshot.stack}/undo again: it writes the record.`,
      }),
  });
}

/** The same, unless ECS runs something else there: that would be put back by it. */
export async function recordIfThere(at: At, colour: Colour, spec: Spec): Promise<string> {
  const { taskDefinition } = await at.cloud.tasks.service(colour, at.signal);
  return taskDefinition === spec.taskDefinition
    ? recordAgain(at, colour, spec)
    : `${colour} runs another task definition, so nothing is recorded`;
}

/** Nothing was registered, recorded or given to ECS. Pulumi's state is read only where ECS has nothing new. */
export async function isUntouched(at: At, colour: Colour, former: Spec): Promise<boolean> {
  const { cloud, signal, snapshot, stacks } = at;
  const { taskDefinition } = await cloud.tasks.service(colour, signal);
  if (taskDefinition !== former.taskDefinition) return false;
  const [{ record }, held] = await Promise.all([
    stacks.outputs(snapshot.stack, signal),
    stacks.taskDefinitions(snapshot.stack, signal),
  ]);
  return (
    isDeepStrictEqual(record[colour], former) && held.includes(snapshot.outputs.colours[colour].registered)
  );
}
