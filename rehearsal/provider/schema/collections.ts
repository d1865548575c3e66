import { isEmpty, type Kind, whole, type Wrong } from "./kinds.ts";
import { hasUnknown, isUnknown } from "./unknown.ts";

/** A list in which the order counts. */
export function listOf<Item>(kind: Kind<Item>): Kind<readonly Item[]> {
  return {
    accept: (value, path, wrong) => acceptItems(kind, { value, path }, wrong),
    differences(wanted, actual, path) {
      if (isUnknown(wanted) || wanted?.length !== actual?.length) return whole(wanted, actual, path);
      return (wanted ?? []).flatMap((item, index) =>
        kind.differences(item, actual?.[index], `${path}[${index}]`),
      );
    },
    inWordsOf: (wanted, actual) =>
      wanted?.length === actual.length
        ? actual.map((item, index) => kind.inWordsOf(wanted[index], item))
        : actual,
  };
}

/** A list in which the order does not count. */
export function setOf<Item>(kind: Kind<Item>): Kind<readonly Item[]> {
  return {
    accept: (value, path, wrong) => acceptItems(kind, { value, path }, wrong),
    differences(wanted = [], actual = [], path) {
      if (hasUnknown(wanted) || isEmpty(wanted) || wanted.length !== actual.length)
        return whole(wanted, actual, path);
      const pairs = paired(kind, wanted, actual);
      // With one item each, what differs is inside of it.
      const [only] = wanted;
      if (wanted.length === 1) return kind.differences(only, actual[0], `${path}[0]`);
      return pairs ? [] : [{ path, change: "update", forceNew: false }];
    },
    inWordsOf(wanted, actual) {
      const pairs = wanted && paired(kind, wanted, actual);
      return pairs ? pairs.map(([item, is]) => kind.inWordsOf(item, is)) : actual;
    },
  };
}

/** Names with strings. */
export const textMap: Kind<Readonly<Record<string, string>>> = {
  accept(value, path, wrong) {
    if (isUnknown(value)) return value as Record<string, string>;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      wrong.push({ path, reason: `expected a map of strings, got ${JSON.stringify(value)}` });
      return {};
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]));
  },
  differences(wanted = {}, actual = {}, path) {
    if (isUnknown(wanted)) return whole(wanted, actual, path);
    const keys = new Set([...Object.keys(wanted), ...Object.keys(actual)]);
    return [...keys]
      .filter((key) => wanted[key] !== actual[key])
      .map((key) => ({
        path: `${path}${/^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`}`,
        change: actual[key] === undefined ? "add" : wanted[key] === undefined ? "delete" : "update",
        forceNew: false,
      }));
  },
  inWordsOf: (_wanted, actual) => actual,
};

function acceptItems<Item>(
  kind: Kind<Item>,
  { value, path }: { readonly value: unknown; readonly path: string },
  wrong: Wrong[],
): readonly Item[] {
  if (isUnknown(value)) return value as readonly Item[];
  if (Array.isArray(value)) return value.map((item, index) => kind.accept(item, `${path}[${index}]`, wrong));
  wrong.push({ path, reason: `expected a list, got ${JSON.stringify(value)}` });
  return [];
}

/** Each wanted item with the actual one that means the same, or undefined where one has none. */
function paired<Item>(
  kind: Kind<Item>,
  wanted: readonly Item[],
  actual: readonly Item[],
): readonly (readonly [wanted: Item, actual: Item])[] | undefined {
  if (isUnknown(wanted) || wanted.length !== actual.length) return undefined;
  const left = [...actual];
  const pairs: (readonly [Item, Item])[] = [];
  for (const item of wanted) {
    const index = left.findIndex((one) => kind.differences(item, one, "").length === 0);
    if (index < 0) return undefined;
    pairs.push([item, ...left.splice(index, 1)] as unknown as readonly [Item, Item]);
  }
  return pairs;
}
