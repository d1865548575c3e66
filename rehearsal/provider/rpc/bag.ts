import structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { Bag } from "../resourceType.ts";

type Struct = structs.Struct;

export function fromStruct(struct: Struct | undefined): Bag {
  return struct?.toJavaScript() ?? {};
}

/** Without what is undefined: protobuf has no word for it. */
export function toStruct(bag: Bag): Struct {
  return structs.Struct.fromJavaScript(defined(bag) as Record<string, structs.JavaScriptValue>);
}

function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(defined);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, defined(one)]])),
  );
}
