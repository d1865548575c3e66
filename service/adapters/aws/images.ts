import {
  DescribeImagesCommand,
  ImageNotFoundException,
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
  };
}

/** `registry:5000/shop:1.1` -> `registry:5000/shop` and `1.1`: a colon before the last slash is a port. */
function split(name: string): { readonly path: string; readonly tag: string } {
  const colon = name.lastIndexOf(":");
  if (colon <= name.lastIndexOf("/")) return { path: name, tag: "" };
  return { path: name.slice(0, colon), tag: name.slice(colon + 1) };
}
