import type * as sdk from "@aws-sdk/client-ec2";
import type { ProviderCloud } from "../../providerCloud.ts";
import type { TagChange, Tags } from "../../resourceType.ts";
import { toTagList } from "../../tagLists.ts";

/** EC2 tags anything by its id. */
export function ec2Retag({ ec2 }: Pick<ProviderCloud, "ec2">) {
  return async ({ id }: { readonly id: string }, { set, remove }: TagChange): Promise<void> => {
    if (remove.length > 0) await ec2.DeleteTags({ Resources: [id], Tags: remove.map((Key) => ({ Key })) });
    if (Object.keys(set).length > 0) await ec2.CreateTags({ Resources: [id], Tags: toTagList(set) });
  };
}

export function specification(ResourceType: sdk.ResourceType, tags: Tags): sdk.TagSpecification[] {
  return Object.keys(tags).length === 0 ? [] : [{ ResourceType, Tags: toTagList(tags) }];
}
