import type { Colour, Revision } from "../../infra/release.ts";
import type { At, Staged, Step } from "../deployments/step.ts";
import { stoppedAmong } from "./crashes.ts";
import { recordIfThere } from "./recordSpec.ts";

/**
 * Has ECS replace a colour's tasks by those of a revision that stood there before. Whatever fails after it, it stays, and
 * Pulumi records it.
 */
export function goBack(colour: Colour, to: Revision): Step {
  return {
    name: "go-back",
    title: `replace ${colour}'s tasks with ${to.release.tag} again`,
    replaces: colour,
    run: async (at) => {
      const staged = await replaceBy(at, colour, to);
      return { evidence: `ECS replaces ${staged.count} tasks`, facts: { staged } };
    },
    undo: (at) => recordIfThere(at, colour, to),
  };
}

/** One write to ECS, unless ECS is there already: its circuit breaker, or a process that died after its write. */
export async function replaceBy(
  { cloud, signal }: At,
  colour: Colour,
  to: Revision,
): Promise<Staged & { readonly colour: Colour }> {
  const [{ desired, taskDefinition: stands }, tasks] = await Promise.all([
    cloud.tasks.service(colour, signal),
    cloud.tasks.list(colour, signal),
  ]);
  const { taskDefinition } = to;
  if (stands !== taskDefinition) await cloud.tasks.replace(colour, taskDefinition, signal);
  const stoppedBefore = stoppedAmong(tasks);
  return { colour, taskDefinition, count: desired, stoppedBefore };
}
