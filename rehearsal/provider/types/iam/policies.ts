import { isDeepStrictEqual } from "node:util";
import { json } from "../../schema/leaves.ts";

/** A policy document: IAM does not tell one action from a list of one, nor the order of a list. */
export const policy = json((wanted, actual) => isDeepStrictEqual(normal(wanted), normal(actual)));

/** IAM answers documents URL-encoded. */
export function decoded(document: string | undefined): string {
  return decodeURIComponent(document ?? "");
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal);
    if (items.length === 1) return items[0];
    return items.every((item) => typeof item === "string") ? items.sort() : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, normal(one)]),
  );
}
