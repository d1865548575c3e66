import { join } from "node:path";
import type { Ground } from "../cloud.ts";
import { Blobs } from "./blobs.ts";
import { imageOperations } from "./imageOperations.ts";
import { layerOperations } from "./layerOperations.ts";
import { puller, type PulledImage } from "./pull.ts";
import { Repositories } from "./repositories.ts";
import { repositoryOperations } from "./repositoryOperations.ts";

export type Ecr = ReturnType<typeof repositoryOperations> &
  ReturnType<typeof layerOperations> &
  ReturnType<typeof imageOperations> & {
    /** For what starts tasks: see puller. */
    pull(reference: string): Promise<PulledImage>;
  };

/**
 * ECR. Layers lie under `<folder>/ecr/blobs`, unpacked images under `<folder>/ecr/images`.
 * ListTagsForResource and its like are ECR's own: the services' operations of that name differ.
 */
export function createEcr(ground: Ground): Ecr {
  const repositories = new Repositories(ground.identity);
  const blobs = new Blobs(join(ground.folder, "ecr", "blobs"));
  return {
    ...repositoryOperations(repositories, ground),
    ...layerOperations(repositories, blobs, ground),
    ...imageOperations(repositories, ground),
    pull: puller(repositories, blobs, ground),
  };
}
