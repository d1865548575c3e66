import { inWords } from "../schema/block.ts";
import { isEmpty } from "../schema/kinds.ts";
import { unknown } from "../schema/unknown.ts";
import type { Bag, Found, Tags } from "../resourceType.ts";
import { allTags, type Compared } from "./diff.ts";
import type { Served } from "./served.ts";

/** A resource's outputs: what AWS has, in the program's words where they mean the same, with the provider's own settings. */
export function outputsOf(
  served: Served,
  found: Found,
  { inputs, defaultTags }: { readonly inputs: Bag; readonly defaultTags: Tags },
): Bag {
  const { tags, ...properties } = found.properties;
  const actual = {
    ...localOnly(served, inputs),
    ...(!served.type.global && { region: served.region }),
    ...properties,
  };
  return {
    id: found.id,
    ...inWords(served.properties, inputs, actual),
    ...(served.isTagged && tagOutputs((tags ?? {}) as Tags, inputs["tags"], defaultTags)),
  };
}

/** The outputs that a preview shows of a creation. */
export function previewOfCreation(
  { type, properties, isTagged }: Served,
  compared: Pick<Compared, "inputs" | "defaultTags">,
): Bag {
  const computed = Object.entries(properties).filter(([, property]) => property.computed);
  const names = [...computed.map(([name]) => name), ...type.outputs];
  return {
    ...Object.fromEntries(names.map((name) => [name, unknown])),
    ...(isTagged && { tagsAll: allTags(compared) }),
    ...compared.inputs,
  };
}

/** The outputs that a preview shows of an update. */
export function previewOfUpdate(served: Served, compared: Omit<Compared, "ignoreChanges">): Bag {
  return {
    ...compared.outputs,
    ...compared.inputs,
    ...(served.isTagged && { tagsAll: allTags(compared) }),
  };
}

/**
 * The inputs that a read answers. Those of the program stay as it wrote them while AWS has what they mean, so that a
 * refresh shows what was changed by others and nothing else. An import has none: it gets all that is no default.
 */
export function inputsOf(served: Served, former: Bag | undefined, outputs: Bag): Bag {
  const { properties } = served;
  const known = Object.entries(properties).flatMap(([name, property]): [string, unknown][] => {
    const actual = outputs[name];
    const wanted = former?.[name];
    if (former === undefined) {
      const isPlain =
        isEmpty(actual) ||
        property.local ||
        name === "region" ||
        property.kind.differences(property.default, actual, "").length === 0;
      return isPlain ? [] : [[name, actual]];
    }
    if (wanted === undefined) return [];
    const isSame = property.local || property.kind.differences(wanted, actual, "").length === 0;
    return isSame ? [[name, wanted]] : actual === undefined ? [] : [[name, actual]];
  });
  return Object.fromEntries(known);
}

function localOnly({ properties }: Served, inputs: Bag): Bag {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name, property]) => property.local && inputs[name] !== undefined)
      .map(([name]) => [name, inputs[name]]),
  );
}

/** `tags` are the program's: all but those that are there only by the provider's configuration. */
function tagOutputs(all: Tags, asked: unknown, defaultTags: Tags): Bag {
  const own = (asked ?? {}) as Tags;
  const known = Object.entries(all).filter(([key]) => !key.startsWith("aws:"));
  return {
    tags: Object.fromEntries(known.filter(([key, value]) => key in own || defaultTags[key] !== value)),
    tagsAll: Object.fromEntries(known),
  };
}
