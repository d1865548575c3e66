import { createHash, randomBytes } from "node:crypto";
import type { ResourceType } from "../resourceType.ts";

/** What the engine says of naming: how, and the name that the stack's configuration makes. */
export interface Autonaming {
  readonly mode: "propose" | "enforce" | "disable";
  readonly proposedName: string;
}

export interface Naming {
  readonly type: ResourceType;
  /** The resource's name in the program. */
  readonly logicalName: string;
  /** The same for all runs that make the same resource, so that a preview shows the name that comes. */
  readonly randomSeed: Uint8Array;
  readonly autonaming: Autonaming | undefined;
}

/** A name for a resource that the program gives none: `<logical name>-<7 hex digits>`, cut to what AWS allows. */
export function autoname({ type, logicalName, randomSeed, autonaming }: Naming): string | undefined {
  if (!type.autoname || autonaming?.mode === "disable") return undefined;
  const { longest, lower } = type.autoname;
  const proposed = autonaming?.proposedName ?? "";
  if (proposed !== "" && (autonaming?.mode === "enforce" || proposed.length <= longest)) return proposed;
  const seed = randomSeed.length > 0 ? randomSeed : randomBytes(16);
  const random = createHash("sha256").update(seed).update(logicalName).digest("hex").slice(0, 7);
  const name = `${logicalName.slice(0, longest - 8)}-${random}`;
  return lower ? name.toLowerCase() : name;
}

/** True for a name that `autoname` makes from this resource's: then old and new can stand side by side. */
export function isAutonamed(name: unknown, logicalName: string): boolean {
  const match = typeof name === "string" ? /^(.*)-[0-9a-f]{7}$/.exec(name) : null;
  return match !== null && logicalName.toLowerCase().startsWith(match[1]!.toLowerCase());
}
