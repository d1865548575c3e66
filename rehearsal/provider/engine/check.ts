import { acceptProperties } from "../schema/block.ts";
import type { Wrong } from "../schema/kinds.ts";
import { isUnknown } from "../schema/unknown.ts";
import type { Bag } from "../resourceType.ts";
import { autoname, type Naming } from "./autoname.ts";
import type { Served } from "./served.ts";

/**
 * The program's inputs in their kinds' forms, with defaults and a name. What is wrong is named by its property: one that
 * the simulation does not know must stop the update, since passing over it would be a silent success.
 */
export function check(
  served: Served,
  { olds, news }: { readonly olds: Bag; readonly news: Bag },
  naming: Omit<Naming, "type">,
): { readonly inputs: Bag; readonly wrong: readonly Wrong[] } {
  const { type, properties } = served;
  const wrong: Wrong[] = [];
  const name = news["name"] ?? (type.autoname && (olds["name"] ?? autoname({ type, ...naming })));
  const values = { ...news, ...(name !== undefined && { name }) };
  const inputs: Bag = acceptProperties(properties, { values, path: "" }, wrong);

  const { region } = inputs;
  if (region !== undefined && !isUnknown(region) && region !== served.region)
    wrong.push({
      path: "region",
      reason: `${JSON.stringify(region)} is not simulated here; the region is ${served.region}`,
    });
  return { inputs, wrong };
}
