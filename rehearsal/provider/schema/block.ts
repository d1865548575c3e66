import {
  type Difference,
  isEmpty,
  type Kind,
  type Properties,
  type Values,
  whole,
  type Wrong,
} from "./kinds.ts";
import { isUnknown } from "./unknown.ts";

/** Named properties, as a resource has them or a part of one. */
export function block<P extends Properties>(properties: P): Kind<Values<P>> {
  return {
    accept(value, path, wrong) {
      if (isUnknown(value)) return value as Values<P>;
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        wrong.push({ path, reason: `expected an object, got ${JSON.stringify(value)}` });
        return {} as Values<P>;
      }
      return acceptProperties(properties, { values: value as Given, path }, wrong);
    },
    differences(wanted, actual, path) {
      if (isUnknown(wanted)) return whole(wanted, actual, path);
      if (wanted === undefined) return isPlain(properties, actual) ? [] : whole(wanted, actual, path);
      return propertyDifferences(properties, { wanted, actual: actual ?? {} }, path);
    },
    inWordsOf: (wanted, actual) =>
      wanted === undefined || isUnknown(wanted) ? actual : inWords(properties, wanted, actual),
  };
}

/** A kind whose values are compared in a normal form, since AWS writes them otherwise than the program. */
export function normalised<Value>(kind: Kind<Value>, normal: (value: Value) => Value): Kind<Value> {
  const form = (value: Value | undefined) =>
    value === undefined || isUnknown(value) ? value : normal(value);
  return {
    accept: (value, path, wrong) => kind.accept(value, path, wrong),
    differences: (wanted, actual, path) => kind.differences(form(wanted), form(actual), path),
    inWordsOf: (wanted, actual) =>
      wanted !== undefined && kind.differences(form(wanted), form(actual), "").length === 0
        ? { ...actual, ...wanted }
        : actual,
  };
}

type Given = Readonly<Record<string, unknown>>;

/** Takes the program's values: each in its kind's form, defaults filled in; every wrong one is named. */
export function acceptProperties<P extends Properties>(
  properties: P,
  { values, path }: { readonly values: Given; readonly path: string },
  wrong: Wrong[],
): Values<P> {
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  const known = Object.keys(properties).join(", ");
  for (const [name, value] of Object.entries(values))
    if (!properties[name] && value !== undefined && value !== null)
      wrong.push({ path: at(name), reason: `${at(name)} is not simulated here; known are ${known}` });
  const accepted = Object.entries(properties).flatMap(([name, property]): [string, unknown][] => {
    const value = values[name];
    if (value !== undefined && value !== null) return [[name, property.kind.accept(value, at(name), wrong)]];
    if (property.default !== undefined) return [[name, property.default]];
    if (property.required) wrong.push({ path: at(name), reason: `missing required property '${at(name)}'` });
    return [];
  });
  return Object.fromEntries(accepted) as Values<P>;
}

/** All differences of properties, by their order in the declaration. */
export function propertyDifferences(
  properties: Properties,
  { wanted, actual }: { readonly wanted: Given; readonly actual: Given },
  path: string,
): readonly Difference[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const value: unknown = wanted[name] ?? property.default;
    if (value === undefined && property.computed) return [];
    const found = property.kind.differences(value, actual[name], path === "" ? name : `${path}.${name}`);
    return property.forceNew ? found.map((one) => ({ ...one, forceNew: true })) : found;
  });
}

/** What AWS has, in the program's words where they mean the same. */
export function inWords<P extends Properties>(properties: P, wanted: Given, actual: Given): Values<P> {
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => {
      const kind = properties[name]?.kind;
      return [name, kind && value !== undefined ? kind.inWordsOf(wanted[name], value) : value];
    }),
  ) as Values<P>;
}

/** True where a block that the program leaves out has nothing but what it would have anyway. */
function isPlain(properties: Properties, actual: Given | undefined): boolean {
  return Object.entries(actual ?? {}).every(([name, value]) => {
    const property = properties[name];
    return (
      isEmpty(value) ||
      property?.computed ||
      (property?.default !== undefined && property.kind.differences(property.default, value, "").length === 0)
    );
  });
}
