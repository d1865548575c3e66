import type * as sdk from "@aws-sdk/client-ec2";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { required } from "../parameters.ts";
import { matches } from "./filters.ts";
import type { Resource, State } from "./state.ts";

export type Tags = Map<string, string>;

/** The tags that a creation gives to the resource of this type. Throws where they are for another type. */
export function specified(
  specifications: readonly sdk.TagSpecification[] = [],
  type: sdk.ResourceType,
): Tags {
  const other = specifications.find(({ ResourceType }) => ResourceType !== type);
  if (other)
    throw new AwsError(
      "InvalidParameterValue",
      `'${other.ResourceType}' is not a valid taggable resource type for this operation.`,
    );
  return new Map(
    specifications.flatMap(({ Tags = [] }) =>
      Tags.map(({ Key, Value }): [string, string] => [required(Key, "Key", "MissingParameter"), Value ?? ""]),
    ),
  );
}

export function tagList(tags: Tags): sdk.Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** Tags of resources of any type, by their ids. */
export function tagOperations(
  state: State,
): Operations<typeof sdk, "CreateTags" | "DeleteTags" | "DescribeTags"> {
  return atOnce<Operations<typeof sdk, "CreateTags" | "DeleteTags" | "DescribeTags">>({
    CreateTags(input) {
      const resources = required(input.Resources, "Resources", "MissingParameter").map((id) =>
        resource(state, id),
      );
      for (const { tags } of resources)
        for (const { Key, Value } of input.Tags ?? [])
          tags.set(required(Key, "Key", "MissingParameter"), Value ?? "");
      return {};
    },

    DeleteTags(input) {
      const resources = required(input.Resources, "Resources", "MissingParameter").map((id) =>
        resource(state, id),
      );
      for (const { tags } of resources)
        if (input.Tags)
          for (const { Key = "", Value } of input.Tags) {
            // With a value only that value's tag goes.
            if (Value === undefined || tags.get(Key) === Value) tags.delete(Key);
          }
        else tags.clear();
      return {};
    },

    DescribeTags: ({ Filters }) => ({
      Tags: [...state.everything()].flatMap(({ id, type, tags }) =>
        [...tags]
          .filter(([key, value]) =>
            matches(
              Filters,
              { "resource-id": id, "resource-type": type, key, value },
              new Map([[key, value]]),
            ),
          )
          .map(([Key, Value]) => ({ ResourceId: id, ResourceType: type, Key, Value })),
      ),
    }),
  });
}

function resource(state: State, id: string): Resource {
  for (const one of state.everything()) if (one.id === id) return one;
  throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
}
