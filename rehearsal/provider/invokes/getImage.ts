import type { ImageDetail } from "@aws-sdk/client-ecr";
import type { Invoke } from "../invoke.ts";
import type { ProviderCloud } from "../providerCloud.ts";

export const getImage: Invoke = {
  token: "aws:ecr/getImage:getImage",
  title: "ECR Images",
  arguments: ["imageDigest", "imageTag", "mostRecent", "region", "registryId", "repositoryName"],
  async run({ ecr, ground }, args) {
    const repositoryName = args["repositoryName"] as string;
    const { imageTag, imageDigest } = args as { readonly imageTag?: string; readonly imageDigest?: string };
    const isAny = imageTag === undefined && imageDigest === undefined;
    if (isAny && args["mostRecent"] !== true)
      throw new Error("one of imageDigest, imageTag or mostRecent is required");
    const found = isAny
      ? await newest(ecr, repositoryName)
      : (await ecr.DescribeImages({ repositoryName, imageIds: [{ imageTag, imageDigest }] }))
          .imageDetails?.[0];
    if (!found) throw new Error("couldn't find resource");
    const { repositories } = await ecr.DescribeRepositories({ repositoryNames: [repositoryName] });
    return {
      ...args,
      id: found.imageDigest,
      imageDigest: found.imageDigest,
      imageUri: `${repositories?.[0]?.repositoryUri}@${found.imageDigest}`,
      imageTags: found.imageTags ?? [],
      imagePushedAt: Math.floor((found.imagePushedAt?.getTime() ?? 0) / 1000),
      imageSizeInBytes: found.imageSizeInBytes,
      ...{ registryId: found.registryId, repositoryName, region: ground.identity.region },
    };
  },
};

async function newest(ecr: ProviderCloud["ecr"], repositoryName: string): Promise<ImageDetail | undefined> {
  const all: ImageDetail[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecr.DescribeImages({ repositoryName, nextToken });
    all.push(...(page.imageDetails ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  const at = ({ imagePushedAt }: ImageDetail) => imagePushedAt?.getTime() ?? 0;
  return all.sort((a, b) => at(b) - at(a))[0];
}
