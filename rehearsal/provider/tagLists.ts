import type { Tags } from "./resourceType.ts";

/** EC2, ELB, ECR, IAM and CloudWatch write tags as Key and Value. */
export function toTagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function fromTagList(
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Tags {
  return Object.fromEntries((list ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** ECS writes them in small letters. */
export function toSmallTagList(tags: Tags): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function fromSmallTagList(
  list: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[] | undefined,
): Tags {
  return Object.fromEntries((list ?? []).map(({ key = "", value = "" }) => [key, value]));
}
