import { getImage } from "@pulumi/aws/ecr/getImage.js";

/** What the registry's provider says of an image, or a repository, that is not there (yet). */
const absent = /not ?found|couldn't find|empty result|does not exist/i;

/**
 * Pins `repository:tag` to its digest.
 * @returns `<repository URI>@sha256:…`, or undefined while the image is not in the registry.
 */
export async function pinnedImage(tag: string): Promise<string | undefined> {
  const [repositoryName = "", imageTag = ""] = tag.split(":");
  try {
    const image = await getImage({ repositoryName, imageTag });
    return `${image.imageUri.replace(/(@|:[^/:]*$).*$/, "")}@${image.imageDigest}`;
  } catch (error) {
    if (absent.test(String(error))) return undefined;
    throw error;
  }
}
