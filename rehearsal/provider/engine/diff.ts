import { propertyDifferences } from "../schema/block.ts";
import { textMap } from "../schema/collections.ts";
import type { Difference } from "../schema/kinds.ts";
import type { Bag, Tags } from "../resourceType.ts";
import { isIgnored } from "./ignored.ts";
import type { Served } from "./served.ts";

/** What the program wants, and what is there. */
export interface Compared {
  /** Checked inputs. */
  readonly inputs: Bag;
  /** Outputs as recorded, or as just read. */
  readonly outputs: Bag;
  readonly ignoreChanges: readonly string[];
  /** The provider's own tags, which every resource carries. */
  readonly defaultTags: Tags;
}

/** All differences that an update would end. Like the real provider it compares with what AWS has, not with former inputs. */
export function differences(served: Served, compared: Compared): readonly Difference[] {
  const { inputs, outputs, ignoreChanges } = compared;
  const own = propertyDifferences(served.comparable, { wanted: inputs, actual: outputs }, "");
  return [
    ...own.map((one) =>
      served.type.canUpdate?.(propertyOf(one.path), inputs) ? { ...one, forceNew: false } : one,
    ),
    ...(served.isTagged ? textMap.differences(allTags(compared), tagsOf(outputs), "tags") : []),
  ].filter(({ path }) => !isIgnored(path, ignoreChanges));
}

export function allTags({ inputs, defaultTags }: Pick<Compared, "inputs" | "defaultTags">): Tags {
  return typeof inputs["tags"] === "string"
    ? (inputs["tags"] as unknown as Tags)
    : { ...defaultTags, ...(inputs["tags"] as Tags | undefined) };
}

export function tagsOf(outputs: Bag): Tags {
  return (outputs["tagsAll"] ?? {}) as Tags;
}

/** `healthCheck.path` -> `healthCheck` */
export function propertyOf(path: string): string {
  return path.replace(/[.[].*$/s, "");
}
