import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  ImageAlreadyExistsException,
  ImageNotFoundException,
  paginateListImages,
  PutImageCommand,
  RepositoryNotFoundException,
  type ECRClient,
} from "@aws-sdk/client-ecr";
import type { Outputs } from "../../../infra/outputs.ts";
import { UnknownImage } from "../../errors/refusals.ts";
import type { Images } from "../../ports/images.ts";

/** Images over ECR: a tag of the stack's own repository, pinned to the digest that it has now. */
export function createImages(ecr: ECRClient, { repository }: Outputs): Images {
  const repositoryName = repository.slice(repository.indexOf("/") + 1);
  const unknown = (image: string, why: string, cause?: unknown) =>
    new UnknownImage({ image, repository, why, cause });
  return {
    resolve: async (name, signal) => {
      const { path, tag } = split(name);
      if (!tag) throw unknown(name, "it has no tag, and the tag names the release");
      if (path !== repositoryName && path !== repository) {
        throw unknown(name, `this stack deploys images of ${repositoryName} only`);
      }
      const command = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: tag }] });
      try {
        const { imageDetails } = await ecr.send(command, { abortSignal: signal });
        const digest = imageDetails?.[0]?.imageDigest;
        if (!digest) throw unknown(name, "the registry answered without a digest");
        return { tag: `${repositoryName}:${tag}`, image: `${repository}@${digest}` };
      } catch (error) {
        if (error instanceof ImageNotFoundException) throw unknown(name, `there is no tag '${tag}'`, error);
        if (error instanceof RepositoryNotFoundException)
          throw unknown(name, "the repository is gone", error);
        throw error;
      }
    },
    kept: async (signal) => {
      const digests = new Set<string>();
      const pages = paginateListImages(
        { client: ecr },
        { repositoryName, filter: { tagStatus: "TAGGED" } },
        { abortSignal: signal },
      );
      for await (const { imageIds = [] } of pages) {
        for (const { imageDigest, imageTag } of imageIds) {
          if (imageDigest && imageTag === mark(imageDigest)) digests.add(imageDigest);
        }
      }
      return [...digests].map((digest) => `${repository}@${digest}`);
    },
    keep: async (image, signal) => {
      const imageDigest = digestOf(image);
      const asked = { repositoryName, imageIds: [{ imageDigest }], acceptedMediaTypes: [...manifests] };
      const { images } = await ecr.send(new BatchGetImageCommand(asked), { abortSignal: signal });
      const found = images?.[0];
      if (!found?.imageManifest) throw unknown(image, "the registry no longer has it");
      const marked = new PutImageCommand({
        ...{ repositoryName, imageDigest, imageTag: mark(imageDigest) },
        ...{ imageManifest: found.imageManifest, imageManifestMediaType: found.imageManifestMediaType },
      });
      try {
        await ecr.send(marked, { abortSignal: signal });
      } catch (error) {
        if (!(error instanceof ImageAlreadyExistsException)) throw error;
      }
    },
    forget: async (image, signal) => {
      const imageIds = [{ imageTag: mark(digestOf(image)) }];
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }), { abortSignal: signal });
    },
  };
}

/** Manifests that ECR may have: of one image, or of one a platform. */
const manifests = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
] as const;

/** The tag that the repository's lifecycle rule spares (infra/registry.ts). A tag is written once, so each image has its own. */
function mark(digest: string): string {
  return `keep-${digest.slice("sha256:".length)}`;
}

function digestOf(image: string): string {
  return image.slice(image.indexOf("@") + 1);
}

/** `registry:5000/shop:1.1` -> `registry:5000/shop` and `1.1`: a colon before the last slash is a port. */
function split(name: string): { readonly path: string; readonly tag: string } {
  const colon = name.lastIndexOf(":");
  if (colon <= name.lastIndexOf("/")) return { path: name, tag: "" };
  return { path: name.slice(0, colon), tag: name.slice(colon + 1) };
}
