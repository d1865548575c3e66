import type { Filter } from "@aws-sdk/client-ec2";
import { AwsError } from "../awsError.ts";
import type { Tags } from "./tags.ts";

/** What a resource shows to each filter; an absent value matches none. */
export type Filterable = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * EC2's filters: all of them must match, each by any of its values, with * and ? as wildcards. `tag:<key>`, `tag-key` and
 * `tag-value` look at the tags. Throws InvalidParameterValue for a filter that the operation has not.
 */
export function matches(filters: readonly Filter[] | undefined, values: Filterable, tags: Tags): boolean {
  return (filters ?? []).every(({ Name = "", Values = [] }) => {
    const has = [valuesOf(Name, values, tags)].flat();
    return Values.some((wanted) => has.some((value) => value !== undefined && like(wanted).test(value)));
  });
}

function valuesOf(name: string, values: Filterable, tags: Tags): Filterable[string] {
  if (name.startsWith("tag:")) return tags.get(name.slice("tag:".length));
  if (name === "tag-key") return [...tags.keys()];
  if (name === "tag-value") return [...tags.values()];
  if (!(name in values)) throw new AwsError("InvalidParameterValue", `The filter '${name}' is invalid`);
  return values[name];
}

function like(wanted: string): RegExp {
  const literal = wanted.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
