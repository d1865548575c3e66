import { deref, NormalizedSchema } from "@smithy/core/schema";
import type { ErrorShape, Member, OperationShapes, ServiceShapes, Shape, TimestampFormat } from "./shape.ts";

/**
 * Reads AWS's model of a service out of its SDK client, which carries it as schemas: the same that the client writes and
 * reads the wire by, so that neither direction can differ from AWS's.
 * @param client the client's module
 * @param operations the names of those that are wanted; of the others the answer says nothing
 */
export function readShapes(
  client: Readonly<Record<string, unknown>>,
  operations: readonly string[],
): ServiceShapes {
  const known = new Map<unknown, Shape>();
  const schemas = Object.values(client).filter(isStaticSchema);
  return {
    operations: Object.fromEntries(
      schemas
        .filter((schema) => schema[0] === operationSchema && operations.includes(schema[2]))
        .map((schema): [string, OperationShapes] => [
          schema[2],
          { input: shapeOrNothing(schema[4], known), output: shapeOrNothing(schema[5], known) },
        ]),
    ),
    errors: Object.fromEntries(
      schemas
        .filter((schema) => schema[0] === errorSchema)
        .map((schema): [string, ErrorShape] => {
          const traits = NormalizedSchema.of(schema as never).getMergedTraits();
          const [code = schema[2], status] = (traits.awsQueryError ?? []) as [string?, number?];
          return [schema[2], { code, status: status ?? (traits.httpError as number | undefined) ?? 400 }];
        }),
    ),
  };
}

/** A schema as the clients hold it: its kind, its namespace, its name, its traits, and what its kind has. */
type StaticSchema = readonly [number, string, string, ...unknown[]];

const operationSchema = 9;
const errorSchema = -3;

function isStaticSchema(value: unknown): value is StaticSchema {
  return Array.isArray(value) && value.length >= 5 && typeof value[0] === "number";
}

function shapeOrNothing(schema: unknown, known: Map<unknown, Shape>): Shape | undefined {
  const normal = NormalizedSchema.of(deref(schema as never));
  return normal.isUnitSchema() ? undefined : shapeOf(normal, known);
}

function shapeOf(schema: NormalizedSchema, known: Map<unknown, Shape>): Shape {
  const own: unknown = schema.getSchema();
  const before = typeof own === "object" ? known.get(own) : undefined;
  if (before) return before;
  if (schema.isStructSchema()) {
    const members: Record<string, Member> = {};
    const shape: Shape = { kind: "structure", name: schema.getName() ?? "", members };
    // Known before its members are read: one of them may be the shape itself.
    known.set(own, shape);
    for (const [name, member] of schema.structIterator()) members[name] = memberOf(member, known);
    return shape;
  }
  if (schema.isListSchema()) return { kind: "list", item: memberOf(schema.getValueSchema(), known) };
  if (schema.isMapSchema())
    return {
      kind: "map",
      key: memberOf(schema.getKeySchema(), known),
      value: memberOf(schema.getValueSchema(), known),
    };
  if (schema.isTimestampSchema()) return { kind: "timestamp", format: timestampFormats[own as number] };
  if (schema.isBlobSchema()) return { kind: "blob" };
  if (schema.isBooleanSchema()) return { kind: "boolean" };
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) return { kind: "number" };
  if (schema.isStringSchema()) return { kind: "string" };
  return { kind: "document" };
}

const timestampFormats: Readonly<Record<number, TimestampFormat>> = {
  5: "date-time",
  6: "http-date",
  7: "epoch-seconds",
};

function memberOf(schema: NormalizedSchema, known: Map<unknown, Shape>): Member {
  const { xmlName, ec2QueryName, xmlFlattened } = schema.getMergedTraits() as Traits;
  return {
    shape: shapeOf(schema, known),
    ...(xmlName !== undefined && { xmlName }),
    ...(ec2QueryName !== undefined && { ec2Name: ec2QueryName }),
    ...(xmlFlattened && { flattened: true }),
  };
}

interface Traits {
  readonly xmlName?: string;
  readonly ec2QueryName?: string;
  readonly xmlFlattened?: 1;
}
