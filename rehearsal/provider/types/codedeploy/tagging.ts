import type { ProviderCloud } from "../../providerCloud.ts";
import type { Operations, Tags } from "../../resourceType.ts";
import { fromTagList, toTagList } from "../../tagLists.ts";

/** `arn:aws:codedeploy:<region>:<account>:<kind>:<name>` */
export function arnOf({ ground }: ProviderCloud, kind: string, name: string): string {
  const { region, account } = ground.identity;
  return `arn:aws:codedeploy:${region}:${account}:${kind}:${name}`;
}

export async function tagsAt({ codedeploy }: ProviderCloud, ResourceArn: string): Promise<Tags> {
  return fromTagList((await codedeploy.ListTagsForResource({ ResourceArn })).Tags);
}

/** Changes the tags of what has this ARN among its outputs. */
export function retagByArn({ codedeploy }: ProviderCloud): NonNullable<Operations<never>["retag"]> {
  return async ({ known }, { set, remove }) => {
    const ResourceArn = known["arn"] as string;
    if (remove.length > 0) await codedeploy.UntagResource({ ResourceArn, TagKeys: [...remove] });
    if (Object.keys(set).length > 0) await codedeploy.TagResource({ ResourceArn, Tags: toTagList(set) });
  };
}
