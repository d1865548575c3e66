import { createHash } from "node:crypto";
import type { Release } from "./release.ts";

/** Names a release by all that it is made of: 32 hex digits, the same whatever the order of its keys. */
export function releaseHash(release: Release): string {
  return createHash("sha256").update(canonical(release)).digest("hex").slice(0, 32);
}

/** JSON with sorted keys and without undefined values. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
