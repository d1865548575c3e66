import type { ProviderCloud } from "../../providerCloud.ts";
import type { Bag, TagChange, Tags } from "../../resourceType.ts";
import { toSmallTagList } from "../../tagLists.ts";

/** ECS tags by ARN. */
export function ecsRetag({ ecs }: ProviderCloud) {
  return async ({ known }: { readonly known: Bag }, { set, remove }: TagChange): Promise<void> => {
    const resourceArn = known["arn"] as string;
    if (remove.length > 0) await ecs.UntagResource({ resourceArn, tagKeys: [...remove] });
    if (Object.keys(set).length > 0) await ecs.TagResource({ resourceArn, tags: toSmallTagList(set) });
  };
}

export function ecsTagList(tags: Tags): { readonly tags?: { key: string; value: string }[] } {
  return Object.keys(tags).length > 0 ? { tags: toSmallTagList(tags) } : {};
}
