import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

/** Configuration by its full key: `turnout:bake`. */
export type Values = Readonly<Record<string, unknown>>;

interface StackFile {
  /** Belongs to the passphrase. */
  readonly encryptionsalt?: string;
  readonly config: Values;
}

/** The committed Pulumi.<stack>.yaml. */
export function stackFile(stack: string): StackFile {
  const file = join(import.meta.dirname, "..", `Pulumi.${stack}.yaml`);
  return parse(readFileSync(file, "utf8")) as StackFile;
}

/** Writes the committed configuration with `changes` over it to another file. */
export function writeStackFile(file: string, stack: string, changes: Values): void {
  const { encryptionsalt, config } = stackFile(stack);
  writeFileSync(file, stringify({ encryptionsalt, config: { ...config, ...changes } }));
}
