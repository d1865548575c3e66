import type { Filter } from "@aws-sdk/client-ec2";
import type { Bag } from "../resourceType.ts";

/** EC2's filters from an invoke's `filters: [{name, values}]` and `tags`. */
export function filtersOf({ filters = [], tags = {} }: Bag): Filter[] {
  const named = filters as readonly { readonly name: string; readonly values: readonly string[] }[];
  return [
    ...named.map(({ name, values }) => ({ Name: name, Values: [...values] })),
    ...Object.entries(tags as Record<string, string>).map(([key, value]) => ({
      ...{ Name: `tag:${key}`, Values: [value] },
    })),
  ];
}
