import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const marker = ".rehearsal";

/**
 * Empties a rehearsal's folder, or makes it. A folder with other things in it is refused: only one that is empty or that
 * a rehearsal made before is deleted.
 */
export async function wipe(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (found.length > 0 && !found.includes(marker))
    throw new Error(
      `${folder} is no rehearsal's folder: it holds ${found.slice(0, 3).join(", ")}. Give --folder an empty one, or one that does not exist.`,
    );
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, marker),
    "A rehearsal of AWS keeps its state here and wipes it at its start.\n",
  );
}
