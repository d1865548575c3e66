import { AwsError } from "../../cloud/awsError.ts";
import type { Member, Shape } from "../shapes/shape.ts";
import { unknownParameter, wrongType } from "./refusals.ts";
import { parsedDate } from "./timestamps.ts";

/** Form parameters as a tree: `Filter.1.Name=x` is below Filter, 1, Name. */
interface Node {
  readonly path: string;
  value?: string;
  readonly children: Map<string, Node>;
}

/** How the two query protocols name members in a form. */
export interface FormNames {
  member(name: string, member: Member): string;
  /** The word between a list's name and an item's number; undefined where there is none. */
  item(list: Member, item: Member): string | undefined;
}

/** Parameters that are the protocol's, not the operation's. */
const ofTheProtocol =
  /^(Action|Version|AWSAccessKeyId|Timestamp|Expires|SecurityToken|Signature.*|X-Amz-.*)$/;

/** An operation's input from a form. */
export function fromForm(
  form: URLSearchParams,
  input: Shape | undefined,
  names: FormNames,
): Record<string, unknown> {
  const root: Node = { path: "", children: new Map() };
  for (const [key, value] of form) if (!ofTheProtocol.test(key)) put(root, key, value);
  if (input) return read(root, { shape: input }, names) as Record<string, unknown>;
  for (const { path } of root.children.values()) throw unknownParameter(path);
  return {};
}

function put(root: Node, key: string, value: string): void {
  let node = root;
  for (const part of key.split(".")) {
    let child = node.children.get(part);
    if (!child) {
      child = { path: node.path === "" ? part : `${node.path}.${part}`, children: new Map() };
      node.children.set(part, child);
    }
    node = child;
  }
  node.value = value;
}

function read(node: Node, member: Member, names: FormNames): unknown {
  const { shape } = member;
  switch (shape.kind) {
    case "structure": {
      const children = new Map(node.children);
      const found: Record<string, unknown> = {};
      for (const [name, one] of Object.entries(shape.members)) {
        const key = names.member(name, one);
        const child = children.get(key);
        children.delete(key);
        if (child) found[name] = read(child, one, names);
      }
      for (const { path } of children.values()) throw unknownParameter(path);
      return found;
    }
    case "list":
      return numbered(listed(node, names.item(member, shape.item))).map((child) =>
        read(child, shape.item, names),
      );
    case "map":
      return Object.fromEntries(
        numbered(listed(node, member.flattened ? undefined : "entry")).map((entry) => [
          entry.children.get(shape.key.xmlName ?? "key")?.value ?? "",
          read(childAt(entry, shape.value.xmlName ?? "value"), shape.value, names),
        ]),
      );
    case "timestamp":
    case "blob":
    case "boolean":
    case "number":
    case "string":
    case "document":
      return leaf(node, shape.kind);
  }
}

function leaf(node: Node, kind: Exclude<Shape["kind"], "structure" | "list" | "map">): unknown {
  const [below] = node.children.values();
  if (below) throw unknownParameter(below.path);
  const text = node.value ?? "";
  switch (kind) {
    case "boolean":
      if (!/^(true|false)$/i.test(text)) throw wrongType(node.path, "boolean", text);
      return text.toLowerCase() === "true";
    case "number":
      if (text.trim() === "" || Number.isNaN(Number(text))) throw wrongType(node.path, "number", text);
      return Number(text);
    case "timestamp": {
      const date = parsedDate(text);
      if (!date) throw wrongType(node.path, "timestamp", text);
      return date;
    }
    case "blob":
      return Buffer.from(text, "base64");
    case "string":
    case "document":
      return text;
  }
}

/** Where a list's items are. An empty list is the name alone, without a value. */
function listed(node: Node, word: string | undefined): Node {
  if (word === undefined) return node;
  const inner = node.children.get(word);
  for (const [name, { path }] of node.children) if (name !== word) throw unknownParameter(path);
  return inner ?? { path: node.path, children: new Map() };
}

function numbered(node: Node): readonly Node[] {
  const items = [...node.children].map(([name, child]) => ({ number: Number(name), child }));
  for (const { number, child } of items)
    if (!Number.isInteger(number) || number < 1) throw unknownParameter(child.path);
  return items.sort((a, b) => a.number - b.number).map(({ child }) => child);
}

function childAt(node: Node, name: string): Node {
  const child = node.children.get(name);
  if (!child) throw new AwsError("MalformedInput", `${node.path} has no ${name}`);
  return child;
}
