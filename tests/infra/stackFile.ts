import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { load } = createRequire(import.meta.url)("js-yaml") as { load: (text: string) => unknown };

/** The configuration in the checkout's Pulumi.<stack>.yaml. */
export function stackFile(stack: string): Record<string, unknown> {
  const text = readFileSync(new URL(`../../Pulumi.${stack}.yaml`, import.meta.url), "utf8");
  return (load(text) as { config: Record<string, unknown> }).config;
}
