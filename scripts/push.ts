import { join } from "node:path";
import {
  CompleteLayerUploadCommand,
  ECRClient,
  ImageAlreadyExistsException,
  ImageTagAlreadyExistsException,
  InitiateLayerUploadCommand,
  LayerAlreadyExistsException,
  PutImageCommand,
  UploadLayerPartCommand,
} from "@aws-sdk/client-ecr";
import { Command } from "commander";
import { buildImage } from "../examples/shop/images.ts";
import { type ReleaseName, releases } from "../examples/shop/releases.ts";
import { readConnection } from "./connection.ts";
import { packImage, type Blob } from "./ociImage.ts";
import { credentials } from "./pulumiEnvironment.ts";

export interface Push {
  /** A folder with image.json: see packImage. */
  readonly folder: string;
  /** Name of the ECR repository, which exists. */
  readonly repository: string;
  readonly tag: string;
  readonly ecr: ECRClient;
}

/**
 * Pushes a folder as an image over ECR's own API, as `docker push` does. Returns its digest, `sha256:<64 hex>`.
 * What is there already is not sent again; a tag that names other bytes is an error, since tags are immutable.
 */
export async function pushImage({ folder, repository, tag, ecr }: Push): Promise<string> {
  const { layer, config, manifest } = await packImage(folder);
  for (const blob of [layer, config]) await pushBlob(ecr, repository, blob);
  try {
    await ecr.send(
      new PutImageCommand({
        repositoryName: repository,
        imageManifest: manifest.bytes.toString(),
        imageManifestMediaType: manifest.mediaType,
        imageTag: tag,
        imageDigest: manifest.digest,
      }),
    );
  } catch (error) {
    if (error instanceof ImageTagAlreadyExistsException)
      throw new Error(
        `${repository}:${tag} is there with other contents, and tags are immutable: push under a new tag`,
        { cause: error },
      );
    if (!(error instanceof ImageAlreadyExistsException)) throw error;
  }
  return manifest.digest;
}

async function pushBlob(ecr: ECRClient, repository: string, { digest, bytes }: Blob): Promise<void> {
  const { uploadId, partSize } = await ecr.send(
    new InitiateLayerUploadCommand({ repositoryName: repository }),
  );
  const step = partSize ?? 10 * 1024 ** 2;
  for (let first = 0; first < bytes.length; first += step) {
    const part = bytes.subarray(first, first + step);
    await ecr.send(
      new UploadLayerPartCommand({
        repositoryName: repository,
        uploadId,
        partFirstByte: first,
        partLastByte: first + part.length - 1,
        layerPartBlob: part,
      }),
    );
  }
  try {
    await ecr.send(
      new CompleteLayerUploadCommand({ repositoryName: repository, uploadId, layerDigests: [digest] }),
    );
  } catch (error) {
    if (!(error instanceof LayerAlreadyExistsException)) throw error;
  }
}

if (process.argv[1] === import.meta.filename) {
  const command = new Command("push")
    .description("Pushes an image to the registry of the running rehearsal.")
    .argument("<image>", `repository:tag; of the example shop one of ${Object.keys(releases).join(", ")}`)
    .option("--folder <folder>", "the image, with image.json in it; without it, the example shop's release")
    .parse();
  try {
    console.log(await push(command.args[0] ?? "", command.opts<{ folder?: string }>().folder));
  } catch (error) {
    command.error(error instanceof Error ? error.message : String(error));
  }
}

/** @returns the image with its digest. */
async function push(image: string, given: string | undefined): Promise<string> {
  const [, repository, tag] = /^([^:]+):([^:]+)$/.exec(image) ?? [];
  if (repository === undefined || tag === undefined)
    throw new Error(`"${image}" is no image: give repository:tag, for example shop:1.1`);
  const { awsEndpoint, region, folder: house } = readConnection();
  const folder = given ?? (await buildRelease(tag, join(house, "images", tag)));
  const ecr = new ECRClient({ endpoint: awsEndpoint, region, credentials });
  return `${image}@${await pushImage({ folder, repository, tag, ecr })}`;
}

function buildRelease(tag: string, folder: string): Promise<string> {
  if (!(tag in releases))
    throw new Error(
      `The example shop has no release ${tag}; it has ${Object.keys(releases).join(", ")}. Give --folder for an image of yours.`,
    );
  return buildImage(tag as ReleaseName, folder);
}
