import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { load } = createRequire(import.meta.url)("js-yaml") as { load: (text: string) => unknown };

/** The configuration in the checkout's Pulumi.<stack>.yaml. */
export function stackFile(stack: string): Record<string, unknown> {
  return read(stack).config;
}

/** The salt that its passphrase is stretched with. */
export function saltOf(stack: string): string | undefined {
  return read(stack).encryptionsalt;
}

function read(stack: string) {
  const text = readFileSync(new URL(`../../Pulumi.${stack}.yaml`, import.meta.url), "utf8");
  return load(text) as { config: Record<string, unknown>; encryptionsalt?: string };
}
