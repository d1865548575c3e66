import type * as sdk from "@aws-sdk/client-ecr";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { deleteImage } from "./deleteImage.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { findImage, type Image, mayMove, type Repositories, type Repository } from "./repositories.ts";

type ImageOperations = Operations<
  typeof sdk,
  | "PutImage"
  | "DescribeImages"
  | "ListImages"
  | "BatchGetImage"
  | "BatchDeleteImage"
  | "GetAuthorizationToken"
>;

/** What ECR does with images. */
export function imageOperations(repositories: Repositories, { identity, clock }: Ground): ImageOperations {
  const registryId = identity.account;
  const refuse = () => new AwsError("InvalidParameterException", "Invalid parameter at 'nextToken'");

  return atOnce<ImageOperations>({
    PutImage(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      const text = required(input.imageManifest, "imageManifest");
      const manifest = parseManifest(text, input.imageManifestMediaType);
      const { imageTag: tag, imageDigest } = input;
      if (imageDigest !== undefined && imageDigest !== manifest.digest)
        throw new AwsError(
          "ImageDigestDoesNotMatchException",
          `Image digest '${imageDigest}' does not match the manifest's, '${manifest.digest}'`,
        );
      refuseMissing(repository, manifest);
      const image = repository.images.get(manifest.digest) ?? {
        ...{ manifest, pushed: clock.now(), tags: new Set<string>() },
      };
      place(repository, image, { tag, registryId });
      return { image: shown(repository, image, { tag, registryId }) };
    },

    DescribeImages(input) {
      only("DescribeImages", input, [
        ...(["registryId", "repositoryName", "imageIds", "nextToken", "maxResults", "filter"] as const),
      ]);
      const repository = repositories.find(input.repositoryName, input.registryId);
      const found = input.imageIds
        ? input.imageIds.map((id) => {
            const image = findImage(repository, id);
            if (image) return image;
            const { imageTag, imageDigest } = id;
            throw new AwsError(
              "ImageNotFoundException",
              `The image with imageId {imageDigest:'${imageDigest ?? "null"}', imageTag:'${imageTag ?? "null"}'} does not exist within the repository with name '${repository.name}' in the registry with id '${registryId}'`,
            );
          })
        : [...repository.images.values()].filter(ofStatus(input.filter));
      const { items, next } = page(found, {
        ...{ size: input.imageIds ? undefined : (input.maxResults ?? 100), token: input.nextToken, refuse },
      });
      return {
        imageDetails: items.map(({ manifest, pushed, tags, pulled }) => ({
          ...{ registryId, repositoryName: repository.name, imageDigest: manifest.digest },
          ...(tags.size > 0 && { imageTags: [...tags] }),
          ...{ imageSizeInBytes: manifest.size, imagePushedAt: pushed, lastRecordedPullTime: pulled },
          imageManifestMediaType: manifest.mediaType,
          imageStatus: "ACTIVE",
        })),
        nextToken: next,
      };
    },

    ListImages(input) {
      only("ListImages", input, ["registryId", "repositoryName", "nextToken", "maxResults", "filter"]);
      const repository = repositories.find(input.repositoryName, input.registryId);
      const ids = [...repository.images.values()]
        .filter(ofStatus(input.filter))
        .flatMap(({ manifest: { digest: imageDigest }, tags }) =>
          tags.size === 0 ? [{ imageDigest }] : [...tags].map((imageTag) => ({ imageDigest, imageTag })),
        );
      const { items, next } = page(ids, {
        ...{ size: input.maxResults ?? 100, token: input.nextToken, refuse },
      });
      return { imageIds: items, nextToken: next };
    },

    BatchGetImage(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      const asked = required(input.imageIds, "imageIds").map((id) => ({
        id,
        image: findImage(repository, id),
      }));
      return {
        images: asked.flatMap(({ id, image }) =>
          image ? [shown(repository, image, { tag: id.imageTag, registryId })] : [],
        ),
        failures: asked.flatMap(({ id, image }) => (image ? [] : [notFound(id)])),
      };
    },

    BatchDeleteImage(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      const asked = required(input.imageIds, "imageIds").map((id) => ({
        id,
        deleted: deleteImage(repository, id),
      }));
      return {
        imageIds: asked.flatMap(({ deleted }) => (Array.isArray(deleted) ? deleted : [])),
        failures: asked.flatMap(({ id, deleted }) =>
          Array.isArray(deleted) ? [] : [{ ...notFound(id), ...deleted }],
        ),
      };
    },

    GetAuthorizationToken: () => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from("AWS:rehearsal").toString("base64"),
          expiresAt: new Date(clock.now().getTime() + 12 * 3_600_000),
          proxyEndpoint: `https://${repositories.uri("").slice(0, -1)}`,
        },
      ],
    }),
  });
}

function refuseMissing(repository: Repository, { config, layers, manifests }: Manifest): void {
  const blobs = [...(config === undefined ? [] : [config]), ...layers];
  const missing = blobs.filter((digest) => !repository.layers.has(digest));
  if (missing.length > 0)
    throw new AwsError(
      "LayersNotFoundException",
      `Layers with digests '[${missing.join(", ")}]' required for pushing image into repository with name '${repository.name}' do not exist`,
    );
  const images = manifests.filter((digest) => !repository.images.has(digest));
  if (images.length > 0)
    throw new AwsError(
      "ReferencedImagesNotFoundException",
      `The manifest list references images that are not in the repository: ${images.join(", ")}`,
    );
}

/** Puts an image under its tag, or refuses a tag that may not move. */
function place(
  repository: Repository,
  image: Image,
  { tag, registryId }: { readonly tag: string | undefined; readonly registryId: string },
): void {
  const { name, images } = repository;
  const { digest } = image.manifest;
  const where = `already exists in the repository with name '${name}' in registry with id '${registryId}'`;
  if (images.has(digest) && (tag === undefined || image.tags.has(tag)))
    throw new AwsError(
      "ImageAlreadyExistsException",
      `Image with digest '${digest}' and tag '${tag ?? ""}' ${where}`,
    );
  if (tag !== undefined) {
    const former = findImage(repository, { imageTag: tag });
    if (former && !mayMove(repository, tag))
      throw new AwsError(
        "ImageTagAlreadyExistsException",
        `The image tag '${tag}' ${where} and cannot be overwritten because the tag is immutable.`,
      );
    former?.tags.delete(tag);
    image.tags.add(tag);
  }
  images.set(digest, image);
}

function shown(
  { name }: Repository,
  { manifest }: Image,
  { tag, registryId }: { readonly tag: string | undefined; readonly registryId: string },
): sdk.Image {
  return {
    ...{ registryId, repositoryName: name },
    imageId: { imageDigest: manifest.digest, ...(tag !== undefined && { imageTag: tag }) },
    ...{ imageManifest: manifest.text, imageManifestMediaType: manifest.mediaType },
  };
}

function ofStatus({ tagStatus }: { readonly tagStatus?: sdk.TagStatus | undefined } = {}) {
  return ({ tags }: Image) =>
    tagStatus === undefined || tagStatus === "ANY" || tags.size > 0 === (tagStatus === "TAGGED");
}

function notFound(imageId: sdk.ImageIdentifier): sdk.ImageFailure {
  return { imageId, failureCode: "ImageNotFound", failureReason: "Requested image not found" };
}
