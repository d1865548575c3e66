import type { Colour, Release } from "../../infra/release.ts";
import { shortName } from "../deployments/shortName.ts";
import { specOn } from "../deployments/snapshot.ts";
import type { Step } from "../deployments/step.ts";
import { isUntouched, recordIfThere } from "./recordSpec.ts";

/** Registers the release's task definition, so that a one-off task of it can run while no service has it yet. */
export function register(colour: Colour, release: Release): Step {
  return {
    name: "register",
    title: `register ${release.tag}`,
    run: async ({ snapshot, stacks, signal }) => {
      const placement = { colour, release, inPlace: true } as const;
      const { outputs, ms } = await stacks.register(snapshot.stack, placement, signal);
      const { registered } = outputs.colours[colour];
      return {
        evidence: `${shortName(registered)}; Pulumi took ${Math.round(ms)} ms`,
        facts: { registered },
      };
    },
    undo: async (at) => {
      const former = specOn(at.snapshot, colour);
      if (!former) return "nothing stood there";
      if (await isUntouched(at, colour, former)) return `${former.release.tag} stands, as before`;
      return recordIfThere(at, colour, former);
    },
  };
}
