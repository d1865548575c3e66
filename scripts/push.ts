import { readFile } from "node:fs/promises";
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
import { packImage, type Blob } from "./ociImage.ts";

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
    .description("Pushes an image's folder to the registry of the running rehearsal.")
    .argument("<folder>", "the image, with image.json in it")
    .argument("<image>", "repository:tag, for example shop:1.1")
    .parse();
  const [folder = "", image = ""] = command.args;
  const [, repository, tag] = /^([^:]+):([^:]+)$/.exec(image) ?? [];
  if (repository === undefined || tag === undefined)
    command.error(`"${image}" is no image: give repository:tag, for example shop:1.1`);
  else
    try {
      const digest = await pushImage({ folder, repository, tag, ecr: await rehearsalEcr() });
      console.log(`${image}@${digest}`);
    } catch (error) {
      command.error(error instanceof Error ? error.message : String(error));
    }
}

async function rehearsalEcr(): Promise<ECRClient> {
  const file = new URL("../.turnout/rehearsal.json", import.meta.url);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Error("no rehearsal is running here: start it with `npm start`", { cause: error });
  });
  const { awsEndpoint, region } = JSON.parse(text) as { awsEndpoint: string; region?: string };
  return new ECRClient({
    endpoint: awsEndpoint,
    region: region ?? "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
}
