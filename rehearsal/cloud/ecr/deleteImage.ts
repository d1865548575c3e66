import type * as sdk from "@aws-sdk/client-ecr";
import { findImage, type Repository } from "./repositories.ts";

/**
 * Deletes a tag, or the image and all its tags where no tag is given; an image goes with its last tag.
 * Returns what went, or why nothing did.
 */
export function deleteImage(
  repository: Repository,
  id: sdk.ImageIdentifier,
): sdk.ImageIdentifier[] | Pick<sdk.ImageFailure, "failureCode" | "failureReason"> {
  const image = findImage(repository, id);
  if (!image) return { failureCode: "ImageNotFound", failureReason: "Requested image not found" };
  const imageDigest = image.manifest.digest;
  const gone = id.imageTag === undefined ? [...image.tags] : [id.imageTag];
  if (image.tags.size === gone.length) {
    const index = [...repository.images.values()].find(({ manifest }) =>
      manifest.manifests.includes(imageDigest),
    );
    if (index)
      return {
        failureCode: "ImageReferencedByManifestList",
        failureReason: `Requested image referenced by manifest list: [${index.manifest.digest}]`,
      };
    repository.images.delete(imageDigest);
  }
  for (const tag of gone) image.tags.delete(tag);
  return gone.length === 0 ? [{ imageDigest }] : gone.map((imageTag) => ({ imageDigest, imageTag }));
}
