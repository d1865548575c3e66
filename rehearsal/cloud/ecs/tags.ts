import type { Tag } from "@aws-sdk/client-ecs";
import { invalid } from "./refusals.ts";

export type Tags = Map<string, string>;

/** ECS's own limit. */
const atMost = 50;

export function tagMap(
  tags: readonly Tag[] | undefined,
  before: ReadonlyMap<string, string> = new Map(),
): Tags {
  const all = new Map(before);
  for (const { key, value } of tags ?? []) {
    if (!key || key.length > 128 || /^aws:/i.test(key))
      throw invalid(
        `Invalid tag key '${key ?? ""}': it has 1 to 128 characters and does not begin with aws:.`,
      );
    all.set(key, value ?? "");
  }
  if (all.size > atMost) throw invalid(`A resource can have at most ${atMost} tags.`);
  return all;
}

export function tagList(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}
