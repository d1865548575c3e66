import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { create } from "tar";

/** A blob of an image with its digest `sha256:<64 hex>`. */
export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

/** An OCI image of one layer. The manifest's digest is the image's. */
export interface OciImage {
  readonly layer: Blob;
  readonly config: Blob;
  readonly manifest: Blob;
}

const imageFile = "image.json";

/**
 * Packs a folder into an OCI image: everything in it is the layer, but image.json, whose `config` (Cmd, Env, …) is the
 * image's. The same files and modes give the same digests, whenever and by whomever they were made.
 * Throws where image.json is missing or no JSON.
 */
export async function packImage(folder: string): Promise<OciImage> {
  const { config } = JSON.parse(await readImageFile(folder)) as { config?: object };
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path !== imageFile)
    .sort();
  const tar = await pack(folder, files);
  const layer = blob("application/vnd.oci.image.layer.v1.tar+gzip", gzipSync(tar));
  const configuration = blob(
    "application/vnd.oci.image.config.v1+json",
    json({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      created: new Date(0).toISOString(),
      config: config ?? {},
      rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    }),
  );
  const manifestType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = blob(
    manifestType,
    json({
      schemaVersion: 2,
      mediaType: manifestType,
      config: describe(configuration),
      layers: [describe(layer)],
    }),
  );
  return { layer, config: configuration, manifest };
}

async function readImageFile(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, imageFile), "utf8");
  } catch (error) {
    throw new Error(`${folder} holds no ${imageFile}: it is not the folder of an image`, { cause: error });
  }
}

async function pack(folder: string, files: readonly string[]): Promise<Buffer> {
  // `portable` leaves out users and times of access, and `mtime` the time of making.
  const stream = create({ cwd: folder, portable: true, mtime: new Date(0), noDirRecurse: true }, [...files]);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function blob(mediaType: string, bytes: Buffer): Blob {
  return { mediaType, digest: digestOf(bytes), bytes };
}

function describe({ mediaType, digest, bytes }: Blob) {
  return { mediaType, digest, size: bytes.length };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
