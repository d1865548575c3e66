import type { Member, Shape } from "../shapes/shape.ts";
import { formatted, parsedDate } from "./timestamps.ts";
import { unknownParameter, wrongType } from "./refusals.ts";

/** How a protocol of documents (JSON, CBOR) holds what it has no type for. */
export interface Leaves {
  blob(bytes: Uint8Array): unknown;
  readBlob(value: unknown): Uint8Array | undefined;
  date(date: Date): unknown;
  readDate(value: unknown): Date | undefined;
}

export const jsonLeaves: Leaves = {
  blob: (bytes) => Buffer.from(bytes).toString("base64"),
  readBlob: (value) => (typeof value === "string" ? Buffer.from(value, "base64") : undefined),
  date: (date) => formatted(date, "epoch-seconds"),
  readDate: parsedDate,
};

/** A document of the wire as an operation's input. `path` is for errors. */
export function fromDocument(value: unknown, shape: Shape, leaves: Leaves, path = ""): unknown {
  if (value === null || value === undefined) return undefined;
  switch (shape.kind) {
    case "structure":
      return mapEntries(objectAt(value, path), (name, child) => {
        const member = shape.members[name];
        // A union's tag of the SDK's own, or the JSON type of the sender.
        if (!member && name === "__type") return undefined;
        if (!member) throw unknownParameter(below(path, name));
        return fromDocument(child, member.shape, leaves, below(path, name));
      });
    case "map":
      return mapEntries(objectAt(value, path), (name, child) =>
        fromDocument(child, shape.value.shape, leaves, below(path, name)),
      );
    case "list":
      if (!Array.isArray(value)) throw wrongType(path, "list", value);
      return value.map((item, index) => fromDocument(item, shape.item.shape, leaves, below(path, index)));
    case "timestamp":
      return leaves.readDate(value) ?? fail(path, "timestamp", value);
    case "blob":
      return leaves.readBlob(value) ?? fail(path, "blob", value);
    case "string":
    case "boolean":
    case "number":
      return typeof value === shape.kind ? value : fail(path, shape.kind, value);
    case "document":
      return value;
  }
}

/** An operation's output as a document for the wire; what is undefined is left out. */
export function toDocument(value: unknown, shape: Shape, leaves: Leaves): unknown {
  if (value === null || value === undefined) return undefined;
  switch (shape.kind) {
    case "structure":
      return mapEntries(value as Record<string, unknown>, (name, child) => {
        const member: Member | undefined = shape.members[name];
        return member && toDocument(child, member.shape, leaves);
      });
    case "map":
      return mapEntries(value as Record<string, unknown>, (_, child) =>
        toDocument(child, shape.value.shape, leaves),
      );
    case "list":
      return (value as unknown[]).map((item) => toDocument(item, shape.item.shape, leaves));
    case "timestamp":
      return leaves.date(value as Date);
    case "blob":
      return leaves.blob(value as Uint8Array);
    case "string":
    case "boolean":
    case "number":
    case "document":
      return value;
  }
}

function mapEntries(
  object: Record<string, unknown>,
  each: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(object).map(([name, value]) => [name, each(name, value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongType(path, "structure", value);
  return value as Record<string, unknown>;
}

function below(path: string, name: string | number): string {
  return path === "" ? String(name) : `${path}.${name}`;
}

function fail(path: string, wanted: string, value: unknown): never {
  throw wrongType(path, wanted, value);
}
