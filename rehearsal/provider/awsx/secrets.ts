import type { Bag } from "../resourceType.ts";

/** The engine's envelopes around a value. Source: sdk/go/common/resource/sig/sig.go */
export const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** The value without envelopes of secrets, in it or around it. */
export function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const bag = value as Bag;
  if (bag[signature] === secret) return opened(bag["value"]);
  return Object.fromEntries(Object.entries(bag).map(([key, one]) => [key, opened(one)]));
}

/** A map whose values are secret where the whole was, so that more can be put into it. */
export function openedMap(value: unknown): Bag {
  const bag = (value ?? {}) as Bag;
  if (bag[signature] !== secret) return bag;
  const inside = bag["value"] as Bag;
  return Object.fromEntries(
    Object.entries(inside).map(([key, one]) => [key, { [signature]: secret, value: opened(one) }]),
  );
}
