import type { Release } from "../../infra/release.ts";

/** The same image digest with the same settings, whatever tag either was asked by. */
export function sameRelease(a: Release, b: Release): boolean {
  return canonical(a) === canonical(b);
}

/** Keys sorted; what is undefined or empty left out, since a record that went through AWS may lack it. */
function canonical({ tag: _tag, ...release }: Release): string {
  return JSON.stringify(sorted(release));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(sorted);
  if (typeof value !== "object" || value === null) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, sorted(inner)] as const)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
