import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { extract } from "tar";
import type { Blobs } from "./blobs.ts";
import type { Manifest } from "./manifest.ts";

/** What an image says of its process: the `config` of an OCI image configuration. */
export interface ImageConfig {
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  /** `NAME=value`. */
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
}

/** Lays an image's layers over each other in `folder`, which then appears at once. */
export async function unpack(blobs: Blobs, manifest: Manifest, folder: string): Promise<void> {
  const unfinished = `${folder}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (const layer of manifest.layers) {
    const removed: string[] = [];
    await extract({
      file: blobs.path(layer),
      cwd: unfinished,
      filter: (path) => {
        // A layer deletes what lies below it by an empty file of this name.
        const deletes = basename(path).startsWith(".wh.");
        if (deletes) removed.push(join(dirname(path), basename(path).slice(".wh.".length)));
        return !deletes;
      },
    });
    for (const path of removed) await rm(join(unfinished, path), { recursive: true, force: true });
  }
  await rename(unfinished, folder);
}

export async function imageConfig(blobs: Blobs, { config }: Manifest): Promise<ImageConfig> {
  if (config === undefined) return {};
  const text = await readFile(blobs.path(config), "utf8");
  return (JSON.parse(text) as { config?: ImageConfig }).config ?? {};
}
