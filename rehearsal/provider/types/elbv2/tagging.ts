import type { ProviderCloud } from "../../providerCloud.ts";
import type { TagChange, Tags } from "../../resourceType.ts";
import { fromTagList, toTagList } from "../../tagLists.ts";

/** ELB tags by ARN, which is the resource's id. */
export function elbRetag({ elbv2 }: ProviderCloud) {
  return async ({ id }: { readonly id: string }, { set, remove }: TagChange): Promise<void> => {
    if (remove.length > 0) await elbv2.RemoveTags({ ResourceArns: [id], TagKeys: [...remove] });
    if (Object.keys(set).length > 0) await elbv2.AddTags({ ResourceArns: [id], Tags: toTagList(set) });
  };
}

export async function elbTags({ elbv2 }: ProviderCloud, arn: string): Promise<Tags> {
  const { TagDescriptions } = await elbv2.DescribeTags({ ResourceArns: [arn] });
  return fromTagList(TagDescriptions?.[0]?.Tags);
}

/** ELB refuses an empty list of tags. */
export function elbTagList(tags: Tags): { readonly Tags?: { Key: string; Value: string }[] } {
  return Object.keys(tags).length > 0 ? { Tags: toTagList(tags) } : {};
}
