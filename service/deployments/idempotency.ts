import { createHash } from "node:crypto";
import type { IdempotencyKey, Runs } from "../ports/runs.ts";
import type { Deployment } from "./deployment.ts";

/** Carries a request out once, however often it is sent with the same key: to this process at once, or to others. */
export type Once = (key: IdempotencyKey | undefined, act: () => Promise<Deployment>) => Promise<Deployment>;

export function createOnce(runs: Pick<Runs, "byKey">): Once {
  const underWay = new Map<string, Promise<Deployment>>();
  const answer = async (key: IdempotencyKey, act: () => Promise<Deployment>) => {
    const first = await runs.byKey(key);
    if (first) return first;
    try {
      return await act();
    } catch (error) {
      // Refused because of what the same request did by way of another instance?
      const meanwhile = await runs.byKey(key);
      if (meanwhile) return meanwhile;
      throw error;
    }
  };
  return (key, act) => {
    if (!key) return act();
    const name = `${key.request} ${key.value}`;
    const same = underWay.get(name) ?? answer(key, act).finally(() => underWay.delete(name));
    underWay.set(name, same);
    return same;
  };
}

/** A caller's key, with a digest of what it asked for: fields in whatever order. */
export function idempotencyKey(value: string, request: object): IdempotencyKey {
  const fields = Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1));
  return { value, request: createHash("sha256").update(JSON.stringify(fields)).digest("hex") };
}
