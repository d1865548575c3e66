import type { Bag } from "../../resourceType.ts";

/** An attribute of ELB's lists of keys and texts that is one property of ours. */
export interface Attribute {
  readonly key: string;
  readonly read: (text: string) => unknown;
}

export const numeric = (key: string): Attribute => ({ key, read: Number });
export const onOff = (key: string): Attribute => ({ key, read: (text) => text === "true" });
export const textual = (key: string): Attribute => ({ key, read: (text) => text });

export interface Listed {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Properties from what AWS lists; an attribute that this kind of resource has not is left out. */
export function fromAttributes(table: Readonly<Record<string, Attribute>>, listed: readonly Listed[]): Bag {
  const values = new Map(listed.map(({ Key = "", Value = "" }) => [Key, Value]));
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, { key, read }]) => {
      const text = values.get(key);
      return text === undefined ? [] : [[name, read(text)]];
    }),
  );
}

/** The attributes to write: those of the properties that are in `of` and have a value. */
export function toAttributes(
  table: Readonly<Record<string, Attribute>>,
  values: Bag,
  of: (name: string) => boolean,
): { Key: string; Value: string }[] {
  return Object.entries(table).flatMap(([name, { key }]) => {
    const value = values[name] as string | number | boolean | undefined;
    return value === undefined || !of(name) ? [] : [{ Key: key, Value: String(value) }];
  });
}
