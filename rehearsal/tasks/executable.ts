import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";

/**
 * The file that a command's first word means, as a shell finds it: `node` is this very one, a word with a slash lies
 * where the process starts, any other is looked for on PATH. Undefined where there is none that can be run.
 */
export async function executable(
  word: string,
  { path, folder }: { readonly path: string; readonly folder: string },
): Promise<string | undefined> {
  if (word === "node") return process.execPath;
  const candidates = word.includes("/")
    ? [resolve(folder, word)]
    : path.split(delimiter).map((one) => join(resolve(folder, one), word));
  for (const candidate of candidates) if (await isExecutable(candidate)) return candidate;
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
