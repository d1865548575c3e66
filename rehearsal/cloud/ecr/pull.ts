import { join } from "node:path";
import type { Ground } from "../cloud.ts";
import { AwsError } from "../awsError.ts";
import type { Blobs } from "./blobs.ts";
import { findImage, type Image, type Repositories, type Repository } from "./repositories.ts";
import { imageConfig, type ImageConfig, unpack } from "./unpack.ts";

export interface PulledImage {
  /** `sha256:<64 hex>`. */
  readonly digest: string;
  /** The image's files. Everyone who pulls the digest shares this folder. */
  readonly folder: string;
  readonly config: ImageConfig;
}

/**
 * Pulls `<registry>/<repository>@sha256:…` or `<registry>/<repository>:<tag>`; a digest is unpacked once.
 * Throws CannotPullContainerError, the words of which end in a stopped task's reason.
 */
export function puller(
  repositories: Repositories,
  blobs: Blobs,
  { folder, clock }: Ground,
): (reference: string) => Promise<PulledImage> {
  const unpacked = new Map<string, Promise<PulledImage>>();
  return async (reference) => {
    const image = resolve(repositories, reference);
    image.pulled = clock.now();
    const { manifest } = image;
    const pulled = unpacked.get(manifest.digest) ?? unpackOnce();
    unpacked.set(manifest.digest, pulled);
    return await pulled;

    async function unpackOnce(): Promise<PulledImage> {
      const target = join(folder, "ecr", "images", manifest.digest.replace(":", "-"));
      try {
        await unpack(blobs, manifest, target);
        return { digest: manifest.digest, folder: target, config: await imageConfig(blobs, manifest) };
      } catch (error) {
        unpacked.delete(manifest.digest);
        throw cannotPull(
          reference,
          `failed to extract layer: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  };
}

function resolve(repositories: Repositories, reference: string): Image {
  const [, path = "", tag, digest] =
    /^(.*?)(?::([A-Za-z0-9_][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference) ?? [];
  const repository = repositories.all().find(({ uri }) => uri === path);
  if (!repository)
    throw cannotPull(reference, "pull access denied, repository does not exist or may require authorization");
  const image =
    digest === undefined
      ? findImage(repository, { imageTag: tag ?? "latest" })
      : findImage(repository, { imageDigest: digest });
  const one = image && forThisMachine(repository, image);
  if (!one) throw cannotPull(reference, `failed to resolve ref ${reference}: not found`);
  return one;
}

/** Of an image for several architectures the first that is here; processes carry no architecture of their own. */
function forThisMachine(repository: Repository, image: Image): Image | undefined {
  const { manifests } = image.manifest;
  return manifests.length === 0
    ? image
    : manifests.flatMap((digest) => repository.images.get(digest) ?? [])[0];
}

function cannotPull(reference: string, why: string): AwsError {
  return new AwsError(
    "CannotPullContainerError",
    `pull image manifest has been retried 1 time(s): ${reference}: ${why}`,
  );
}
