import type { Release } from "../../infra/release.ts";
import type { Step } from "../deployments/step.ts";

/**
 * Stands before a migration that the former release does not run on: all that can fail earlier has failed earlier,
 * and an undo after it has to say `acceptMigrated`. A cancel that came before is heard here.
 */
export function pointOfNoReturn(release: Release): Step {
  return {
    name: "point-of-no-return",
    title: "the point of no return",
    noReturn: true,
    run: ({ snapshot }) =>
      Promise.resolve({
        evidence: `from here the former release may not run on the schema of ${release.tag} (${snapshot.stack})`,
      }),
  };
}
