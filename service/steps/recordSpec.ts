import type { Colour, Revision } from "../../infra/release.ts";
import type { Step } from "../deployments/step.ts";

/** Pulumi learns what stands on a colour again. It is there already, so nothing restarts. */
export function recordSpec(colour: Colour, stands: Revision): Step {
  return {
    name: "record",
    title: `let Pulumi record ${stands.release.tag} on ${colour}`,
    run: async ({ snapshot, stacks, signal }) => {
      const { ms } = await stacks.place(snapshot.stack, { colour, spec: stands }, signal);
      return { evidence: `Pulumi took ${Math.round(ms)} ms` };
    },
  };
}
