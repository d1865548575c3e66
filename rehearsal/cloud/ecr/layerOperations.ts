import type * as sdk from "@aws-sdk/client-ecr";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { required } from "../parameters.ts";
import type { Blobs } from "./blobs.ts";
import type { Repositories } from "./repositories.ts";

type LayerOperations = Operations<
  typeof sdk,
  "BatchCheckLayerAvailability" | "InitiateLayerUpload" | "UploadLayerPart" | "CompleteLayerUpload"
>;

/** How large a part may be, in bytes. The registry says; small parts keep this process answering others meanwhile. */
const partSize = 5 * 1024 ** 2;

/** Pushing layers, as `docker push` does behind its own protocol. */
export function layerOperations(
  repositories: Repositories,
  blobs: Blobs,
  { identity }: Ground,
): LayerOperations {
  const registryId = identity.account;
  const plain = atOnce<Omit<LayerOperations, "CompleteLayerUpload">>({
    BatchCheckLayerAvailability(input) {
      const { layers } = repositories.find(input.repositoryName, input.registryId);
      const digests = required(input.layerDigests, "layerDigests");
      const malformed = digests.filter((digest) => !/^sha256:[0-9a-f]{64}$/.test(digest));
      return {
        layers: digests
          .filter((digest) => !malformed.includes(digest))
          .map((layerDigest) => ({
            ...{ layerDigest, layerSize: layers.get(layerDigest) ?? 0 },
            layerAvailability: layers.has(layerDigest) ? "AVAILABLE" : "UNAVAILABLE",
          })),
        failures: malformed.map((layerDigest) => ({
          ...{ layerDigest, failureCode: "InvalidLayerDigest" },
          failureReason: "The layer digest is not a valid digest",
        })),
      };
    },

    InitiateLayerUpload(input) {
      const { name } = repositories.find(input.repositoryName, input.registryId);
      return { uploadId: blobs.begin(name), partSize };
    },

    UploadLayerPart(input) {
      const { name } = repositories.find(input.repositoryName, input.registryId);
      const uploadId = required(input.uploadId, "uploadId");
      const bytes = required(input.layerPartBlob, "layerPartBlob");
      const first = required(input.partFirstByte, "partFirstByte");
      if (required(input.partLastByte, "partLastByte") !== first + bytes.length - 1)
        throw new AwsError(
          "InvalidParameterException",
          `Invalid parameter at 'partLastByte': ${bytes.length} bytes from ${first} do not end at ${input.partLastByte}`,
        );
      const lastByteReceived = blobs.append({ repository: name, id: uploadId }, { first, bytes });
      return { registryId, repositoryName: name, uploadId, lastByteReceived };
    },
  });

  return {
    ...plain,
    async CompleteLayerUpload(input) {
      const { name, layers } = repositories.find(input.repositoryName, input.registryId);
      const uploadId = required(input.uploadId, "uploadId");
      const { digest, size } = await blobs.complete(
        { repository: name, id: uploadId },
        required(input.layerDigests, "layerDigests"),
      );
      if (layers.has(digest))
        throw new AwsError(
          "LayerAlreadyExistsException",
          `Layer with digest '${digest}' already exists in the repository with name '${name}' in registry with id '${registryId}'`,
        );
      layers.set(digest, size);
      return { registryId, repositoryName: name, uploadId, layerDigest: digest };
    },
  };
}
