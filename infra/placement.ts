import * as pulumi from "@pulumi/pulumi";
import type { Prior } from "./prior.ts";
import type { Outputs } from "./outputs.ts";
import { refusals } from "./refusals.ts";

/**
 * A deployment changes one colour and nothing else, so it runs only with the program, the provider and the configuration
 * that made the state. It is checked here, under the stack's lock and before any resource is registered.
 * @throws pulumi.RunError whose message starts with one of `refusals`.
 */
export function assertPlaceable(prior: Prior, own: Outputs["versions"]): void {
  const applied = prior.versions;
  if (!applied || !prior.record)
    throw new pulumi.RunError(`${refusals.neverApplied} Run \`pulumi up\` until it succeeds.`);
  if (applied.program !== own.program || applied.aws !== own.aws)
    throw new pulumi.RunError(
      `${refusals.program} Applied: turnout ${applied.program} with @pulumi/aws ${applied.aws}; ` +
        `here: turnout ${own.program} with @pulumi/aws ${own.aws}. Run \`pulumi up\` with this version first.`,
    );
  if (applied.configuration !== own.configuration)
    throw new pulumi.RunError(
      `${refusals.configuration} Applied: ${applied.configuration}; here: ${own.configuration}. Run \`pulumi up\`.`,
    );
}
