import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AtOnce } from "../atOnce.ts";
import type { Operations } from "../operations.ts";
import { only } from "../parameters.ts";
import { refuse } from "./refusals.ts";
import type { State } from "./state.ts";

type TagOperations = Operations<typeof sdk, "AddTags" | "RemoveTags" | "DescribeTags">;

export function tagOperations(state: State): AtOnce<TagOperations> {
  return {
    AddTags(input) {
      only("AddTags", input, ["ResourceArns", "Tags"]);
      for (const arn of input.ResourceArns ?? []) {
        const tags = tagsOf(state, arn);
        for (const { Key = "", Value = "" } of input.Tags ?? []) tags.set(Key, Value);
      }
      return {};
    },

    RemoveTags(input) {
      only("RemoveTags", input, ["ResourceArns", "TagKeys"]);
      for (const arn of input.ResourceArns ?? [])
        for (const key of input.TagKeys ?? []) tagsOf(state, arn).delete(key);
      return {};
    },

    DescribeTags(input) {
      only("DescribeTags", input, ["ResourceArns"]);
      return {
        TagDescriptions: (input.ResourceArns ?? []).map((ResourceArn) => ({
          ResourceArn,
          Tags: [...tagsOf(state, ResourceArn)].map(([Key, Value]) => ({ Key, Value })),
        })),
      };
    },
  };
}

/** Tags given at a resource's making. */
export function tag(state: State, arn: string, tags: readonly sdk.Tag[] | undefined): void {
  state.tags.set(arn, new Map((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])));
}

function tagsOf(state: State, arn: string): Map<string, string> {
  const tags = state.tags.get(arn);
  if (tags) return tags;
  const kind = /:(loadbalancer|targetgroup|listener|listener-rule)\//.exec(arn)?.[1];
  throw kind === "targetgroup"
    ? refuse.groupNotFound(arn)
    : kind === "listener"
      ? refuse.listenerNotFound(arn)
      : kind === "listener-rule"
        ? refuse.ruleNotFound(arn)
        : refuse.balancerNotFound(arn);
}
