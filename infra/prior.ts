import * as pulumi from "@pulumi/pulumi";
import type { Outputs } from "./outputs.ts";

/** What this stack exported last time. Empty while it never did. */
export type Prior = Partial<Pick<Outputs, "record" | "versions">>;

/**
 * Reads the stack's own last outputs, by a reference to itself: it works inside the stack's own update, under its lock,
 * so what it reads can't be older than what the update changes.
 */
export async function readPrior(): Promise<Prior> {
  const self = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const reference = new pulumi.StackReference("self", { name: self });
  const [record, versions] = await Promise.all([
    reference.getOutputDetails("record"),
    reference.getOutputDetails("versions"),
  ]);
  return {
    ...(record.value !== undefined && { record: record.value as Outputs["record"] }),
    ...(versions.value !== undefined && { versions: versions.value as Outputs["versions"] }),
  };
}
