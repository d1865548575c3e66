import { otherColour, type Colour } from "../../infra/release.ts";
import { sayWeights } from "../deployments/drift.ts";
import type { Step } from "../deployments/step.ts";
import { Drift } from "../errors/refusals.ts";
import { atRest, free, suspend } from "./scaling.ts";

/** Lets a colour without traffic go to zero tasks; requests in flight end as the deregistration delay lets them. */
export function rest(colour: Colour): Step {
  return {
    name: "rest",
    title: `rest ${colour}`,
    rests: colour,
    run: async (at) => {
      const { tasks, traffic } = at.cloud;
      const { production } = await traffic.rules(at.signal);
      if (production[colour] > 0) {
        throw new Drift(
          `${colour} has traffic (${sayWeights(production)}), so it does not rest.`,
          at.snapshot.stack,
        );
      }
      const before = await tasks.service(colour, at.signal);
      // Flags first: a schedule or a load alarm would lift the count again.
      await suspend(at, colour, atRest);
      await tasks.scale(colour, 0, at.signal);
      await suspend(at, otherColour(colour), free);
      return {
        evidence:
          before.desired === 0
            ? `${colour} rested already`
            : `${colour} goes from ${before.running} tasks to zero`,
      };
    },
  };
}
