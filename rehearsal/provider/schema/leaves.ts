import { type Kind, whole, type Wrong } from "./kinds.ts";
import { hasUnknown, isUnknown } from "./unknown.ts";

/** A kind without parts. `same` decides where two written forms mean the same. */
export function leaf<Value>(
  convert: (value: unknown) => Value | undefined,
  {
    named,
    same = (a, b) => a === b,
  }: { readonly named: string; readonly same?: (wanted: Value, actual: Value) => boolean },
): Kind<Value> {
  const means = (wanted: Value | undefined, actual: Value | undefined) =>
    wanted !== undefined && actual !== undefined && !hasUnknown(wanted) && same(wanted, actual);
  return {
    accept(value, path, wrong: Wrong[]) {
      if (isUnknown(value)) return value as Value;
      const converted = convert(value);
      if (converted === undefined)
        wrong.push({ path, reason: `expected ${named}, got ${JSON.stringify(value)}` });
      return converted as Value;
    },
    differences: (wanted, actual, path) => (means(wanted, actual) ? [] : whole(wanted, actual, path)),
    inWordsOf: (wanted, actual) => (wanted !== undefined && means(wanted, actual) ? wanted : actual),
  };
}

/** Pulumi's languages do not all tell "80" from 80, so the real provider takes either. */
export const text = leaf<string>(asText, { named: "a string" });

export const count = leaf<number>(
  (value) => {
    if (typeof value === "number") return value;
    return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
      ? Number(value)
      : undefined;
  },
  { named: "a number" },
);

export const flag = leaf<boolean>(
  (value) => {
    if (typeof value === "boolean") return value;
    return value === "true" ? true : value === "false" ? false : undefined;
  },
  { named: "true or false" },
);

/** A string of which several spellings mean the same. */
export function spelled(same: (wanted: string, actual: string) => boolean): Kind<string> {
  return leaf(asText, { named: "a string", same });
}

/** JSON as a string; `same` compares the parsed documents. */
export function json(same: (wanted: unknown, actual: unknown) => boolean): Kind<string> {
  return leaf(
    (value) => {
      const written = asText(value);
      return written !== undefined && parsed(written) !== undefined ? written : undefined;
    },
    { named: "a JSON document", same: (wanted, actual) => same(parsed(wanted), parsed(actual)) },
  );
}

function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return undefined;
  }
}
