import providers from "@pulumi/pulumi/proto/provider_pb.js";
import { propertyOf } from "../engine/diff.ts";
import type { Difference } from "../schema/kinds.ts";
import type { Replacement } from "../engine/replacement.ts";

const { PropertyDiff, DiffResponse } = providers;

/** Differences in the engine's form: each property's path with what happens to it. */
export function toDiffResponse(
  found: readonly Difference[],
  replacement: Replacement,
): providers.DiffResponse {
  const response = new DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(found.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList([...new Set(found.map(({ path }) => propertyOf(path)))]);
  response.setHasdetaileddiff(true);
  const detailed = response.getDetaileddiffMap();
  for (const difference of found) {
    const property = new PropertyDiff();
    property.setKind(kindOf(difference));
    // Compared were what AWS has and what is wanted, not two inputs.
    property.setInputdiff(false);
    detailed.set(difference.path, property);
  }
  response.setReplacesList([...replacement.properties]);
  response.setDeletebeforereplace(replacement.deleteFirst);
  return response;
}

function kindOf({ change, forceNew }: Difference): providers.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
  switch (change) {
    case "add":
      return forceNew ? ADD_REPLACE : ADD;
    case "delete":
      return forceNew ? DELETE_REPLACE : DELETE;
    case "update":
      return forceNew ? UPDATE_REPLACE : UPDATE;
  }
}
