import type { Difference } from "../schema/kinds.ts";
import type { Bag } from "../resourceType.ts";
import { isAutonamed } from "./autoname.ts";
import { propertyOf } from "./diff.ts";
import type { Served } from "./served.ts";

export interface Replacement {
  /** Properties that only a new resource can have; none where an update does. */
  readonly properties: readonly string[];
  readonly deleteFirst: boolean;
}

/** Whether differences need a new resource, and whether the old one must go first, since both would have one name. */
export function replacement(
  { type }: Served,
  given: { readonly found: readonly Difference[]; readonly inputs: Bag; readonly name: string },
): Replacement {
  const forcing = given.found.filter(({ forceNew }) => forceNew).map(({ path }) => propertyOf(path));
  const properties = [...new Set(forcing)];
  const sameName =
    type.autoname !== undefined &&
    !properties.includes("name") &&
    !isAutonamed(given.inputs["name"], given.name);
  return { properties, deleteFirst: properties.length > 0 && (type.deleteBeforeReplace ?? sameName) };
}
