import type * as sdk from "@aws-sdk/client-codedeploy";
import type { AtOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { required } from "../parameters.ts";
import type { Applications } from "./applications.ts";
import { findGroup } from "./groups.ts";

export type TagOperations = Operations<typeof sdk, "TagResource" | "UntagResource" | "ListTagsForResource">;

/** Tags of applications and deployment groups, by ARN: `…:application:<name>`, `…:deploymentgroup:<application>/<name>`. */
export function tagOperations(applications: Applications): AtOnce<TagOperations> {
  const tagsOf = (arn: string | undefined): Map<string, string> => {
    const given = required(arn, "ResourceArn", "ResourceArnRequiredException");
    const [, kind, name = ""] = /^arn:aws:codedeploy:[^:]*:\d+:([a-z]+):(.+)$/.exec(given) ?? [];
    if (kind === "application") return applications.find(name).tags;
    const [application, group] = name.split("/");
    if (kind === "deploymentgroup") return findGroup(applications.find(application), group).tags;
    throw new AwsError("InvalidArnException", `The specified ARN is not in a valid format: ${given}`);
  };

  return {
    TagResource({ ResourceArn, Tags = [] }) {
      const tags = tagsOf(ResourceArn);
      for (const { Key = "", Value = "" } of Tags) tags.set(Key, Value);
      return {};
    },

    UntagResource({ ResourceArn, TagKeys = [] }) {
      const tags = tagsOf(ResourceArn);
      for (const key of TagKeys) tags.delete(key);
      return {};
    },

    ListTagsForResource: ({ ResourceArn }) => ({
      Tags: [...tagsOf(ResourceArn)].map(([Key, Value]) => ({ Key, Value })),
    }),
  };
}

/** Tags of a request by their keys. */
export function tagMap(tags: readonly sdk.Tag[] | undefined): Map<string, string> {
  return new Map((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}
