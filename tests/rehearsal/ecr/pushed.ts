import { createHash } from "node:crypto";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create } from "tar";
import type { Ecr } from "../../../rehearsal/cloud/ecr/ecr.ts";

/** A gzipped layer of these files. */
export async function layerOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "layer-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const file = `${folder}.tgz`;
    await create({ cwd: folder, gzip: true, file, portable: true, mtime: new Date(0) }, Object.keys(files));
    const bytes = await readFile(file);
    await rm(file);
    return bytes;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Uploads bytes in parts of this size; returns their digest. */
export async function pushBlob(ecr: Ecr, bytes: Buffer, partSize = 1024): Promise<string> {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const repositoryName = "shop";
  const { uploadId } = await ecr.InitiateLayerUpload({ repositoryName });
  for (let first = 0; first < bytes.length; first += partSize) {
    const part = bytes.subarray(first, first + partSize);
    await ecr.UploadLayerPart({
      ...{ repositoryName, uploadId, layerPartBlob: part },
      ...{ partFirstByte: first, partLastByte: first + part.length - 1 },
    });
  }
  await ecr.CompleteLayerUpload({ repositoryName, uploadId, layerDigests: [digest] });
  return digest;
}

export function manifestOf(config: string, ...layers: readonly string[]): string {
  return JSON.stringify({
    ...{ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json" },
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config, size: 1 },
    layers: layers.map((digest) => ({
      ...{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size: 1 },
    })),
  });
}
