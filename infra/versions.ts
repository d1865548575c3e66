import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { canonical } from "./releaseHash.ts";
import type { Configuration } from "./configuration.ts";
import type { Outputs } from "./outputs.ts";

const require = createRequire(import.meta.url);

/** What makes a state: the program, the provider's SDK, and the configuration (a digest of 32 hex digits). */
export function versions(configuration: Configuration): Outputs["versions"] {
  return {
    program: version("../package.json"),
    aws: version("@pulumi/aws/package.json"),
    configuration: createHash("sha256").update(canonical(configuration)).digest("hex").slice(0, 32),
  };
}

function version(packageJson: string): string {
  return (require(packageJson) as { version: string }).version;
}
