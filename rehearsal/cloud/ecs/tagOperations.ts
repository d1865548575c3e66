import type * as sdk from "@aws-sdk/client-ecs";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { required } from "../parameters.ts";
import type { Clusters } from "./clusters.ts";
import { clusterNotFound, invalid } from "./refusals.ts";
import type { Services } from "./services.ts";
import { tagList, tagMap, type Tags } from "./tags.ts";
import type { TaskDefinitions } from "./taskDefinitions.ts";
import type { Tasks } from "./tasks.ts";

type TagOperations = Operations<typeof sdk, "TagResource" | "UntagResource" | "ListTagsForResource">;

export interface Tagged {
  readonly clusters: Clusters;
  readonly definitions: TaskDefinitions;
  readonly services: Services;
  readonly tasks: Tasks;
}

export function tagOperations({ clusters, definitions, services, tasks }: Tagged): TagOperations {
  const tagsOf = (resourceArn: string | undefined): Tags => {
    const arn = required(resourceArn, "resourceArn", "InvalidParameterException");
    const [, kind] = /^arn:aws:ecs:[^:]*:\d+:([a-z-]+)\//.exec(arn) ?? [];
    if (kind === undefined) throw invalid("Invalid identifier: The identifier must be an ARN of ECS.");
    const cluster = clusters.get(arn);
    if (kind === "cluster" && !cluster) throw clusterNotFound();
    const found =
      cluster ??
      (kind === "task-definition" ? definitions.get(arn) : undefined) ??
      [...services.all(), ...tasks.all()].find((one) => one.arn === arn);
    if (!found)
      throw new AwsError("ResourceNotFoundException", `The specified resource could not be found: ${arn}`);
    return found.tags;
  };

  return atOnce<TagOperations>({
    TagResource({ resourceArn, tags }) {
      const all = tagsOf(resourceArn);
      for (const [key, value] of tagMap(required(tags, "tags", "InvalidParameterException"), all))
        all.set(key, value);
      return {};
    },

    UntagResource({ resourceArn, tagKeys }) {
      const all = tagsOf(resourceArn);
      for (const key of required(tagKeys, "tagKeys", "InvalidParameterException")) all.delete(key);
      return {};
    },

    ListTagsForResource: ({ resourceArn }) => ({ tags: tagList(tagsOf(resourceArn)) }),
  });
}
