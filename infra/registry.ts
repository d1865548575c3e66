import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
import { Repository } from "@pulumi/aws/ecr/repository.js";
import type { Configuration } from "./configuration.ts";

/** The repository of the service's images: a tag is written once, and is scanned when it comes. */
export function registry({ name, keepImages }: Configuration): Repository {
  const repository = new Repository("repository", {
    name,
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: true },
  });
  new LifecyclePolicy("images", { repository: repository.name, policy: lifecycle(keepImages) });
  return repository;
}

/**
 * ECR gives an image to the first rule, by priority, whose tags match, and no later rule touches it. So the first rule
 * is what spares the images that a colour or a kept spec runs: it expires only what is past a count that is never reached.
 */
function lifecycle(keepImages: number): string {
  const expire = { type: "expire" };
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: "Spare what a colour or an undo needs",
        selection: {
          tagStatus: "tagged",
          tagPrefixList: ["keep-"],
          countType: "imageCountMoreThan",
          countNumber: 1000,
        },
        action: expire,
      },
      {
        rulePriority: 2,
        description: "Keep the newest",
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: keepImages },
        action: expire,
      },
    ],
  });
}
