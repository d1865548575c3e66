import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const name = "pulumi-language-nodejs";

/**
 * PATH for a Pulumi CLI that is to run this checkout's program: the CLI's folder, and a language host where it has none
 * of its own. The launcher names this checkout, so it lies in `folder` and not beside the CLI, which all checkouts share.
 *
 * @param cli what pulumiCli answered: `pulumi`, or the path of the program
 */
export function pulumiPath(
  cli: string,
  { folder, path }: { readonly folder: string; readonly path: string },
): string {
  const own = cli === "pulumi" ? [] : [dirname(cli)];
  const folders = [...own, ...path.split(delimiter).filter((entry) => entry !== "")];
  if (folders.some((entry) => isProgram(join(entry, name)))) return folders.join(delimiter);
  return [placeLauncher(folder), ...folders].join(delimiter);
}

/** @returns the folder of the launcher. */
function placeLauncher(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const host = join(import.meta.dirname, "language-host.mjs");
  // `node` by PATH, as the official host does: the program runs on the Node that a person would get.
  const script = `#!/bin/sh\nexec node '${host.replaceAll("'", `'\\''`)}' "$@"\n`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
  return folder;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
