import { createHash, randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AwsError } from "../awsError.ts";

/** Layers and configurations as files under their digest, and the uploads that become them. */
export class Blobs {
  readonly #folder: string;
  readonly #uploads = new Map<string, Upload>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where the bytes of `sha256:<64 hex>` lie. */
  path(digest: string): string {
    return join(this.#folder, digest.replace(/[^a-z0-9]/g, "-"));
  }

  begin(repository: string): string {
    const id = randomUUID();
    this.#uploads.set(id, { repository, parts: [], received: 0 });
    return id;
  }

  /** Takes the next bytes of an upload; returns the position of the last byte that came. */
  append(
    { repository, id }: { readonly repository: string; readonly id: string },
    { first, bytes }: { readonly first: number; readonly bytes: Uint8Array },
  ): number {
    const upload = this.#find(repository, id);
    if (first !== upload.received)
      throw new AwsError(
        "InvalidLayerPartException",
        `The layer part in the upload with id '${id}' starts at byte ${first}, but the next is ${upload.received}`,
      );
    upload.parts.push(bytes);
    upload.received += bytes.length;
    return upload.received - 1;
  }

  /** Ends an upload; its bytes must have one of the digests. Returns that digest and the size in bytes. */
  async complete(
    { repository, id }: { readonly repository: string; readonly id: string },
    digests: readonly string[],
  ): Promise<{ readonly digest: string; readonly size: number }> {
    const upload = this.#find(repository, id);
    if (upload.received === 0) throw new AwsError("EmptyUploadException", "The upload contains no parts");
    const hash = createHash("sha256");
    for (const part of upload.parts) hash.update(part);
    const digest = `sha256:${hash.digest("hex")}`;
    if (!digests.includes(digest))
      throw new AwsError(
        "InvalidLayerException",
        `The layer digests ${digests.join(", ")} do not match what was uploaded, ${digest}`,
      );
    this.#uploads.delete(id);
    await mkdir(this.#folder, { recursive: true });
    const part = join(this.#folder, `${id}.part`);
    try {
      await writeFile(part, upload.parts);
      await rename(part, this.path(digest));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    return { digest, size: upload.received };
  }

  #find(repository: string, id: string): Upload {
    const upload = this.#uploads.get(id);
    if (!upload || upload.repository !== repository)
      throw new AwsError(
        "UploadNotFoundException",
        `The upload with id '${id}' in the repository with name '${repository}' cannot be found`,
      );
    return upload;
  }
}

interface Upload {
  readonly repository: string;
  readonly parts: Uint8Array[];
  received: number;
}
