import { crc32 } from "node:zlib";
import { unlessAbsent } from "../../absent.ts";
import { type Bag, resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";

export const route = resourceType({
  token: "aws:ec2/route:Route",
  title: "EC2 Route",
  properties: {
    routeTableId: { kind: text, required: true, forceNew: true },
    destinationCidrBlock: { kind: text, forceNew: true },
    destinationIpv6CidrBlock: { kind: text, forceNew: true },
    gatewayId: { kind: text },
    natGatewayId: { kind: text },
  },
  outputs: ["origin", "state", "instanceId", "instanceOwnerId"],
  // A table has one route to a destination.
  deleteBeforeReplace: true,
  operations: ({ ec2 }) => ({
    async create(inputs) {
      await ec2.CreateRoute(request(inputs));
      return idOf(inputs.routeTableId, inputs.destinationCidrBlock ?? inputs.destinationIpv6CidrBlock ?? "");
    },

    async read(id, known) {
      const { table, destination } = named(id, known);
      const answer = await unlessAbsent(/NotFound/, () =>
        ec2.DescribeRouteTables({ RouteTableIds: [table] }),
      );
      const found = answer?.RouteTables?.[0]?.Routes?.find(
        (one) => one.DestinationCidrBlock === destination || one.DestinationIpv6CidrBlock === destination,
      );
      return (
        found && {
          id: idOf(table, destination),
          properties: {
            routeTableId: table,
            destinationCidrBlock: found.DestinationCidrBlock ?? "",
            destinationIpv6CidrBlock: found.DestinationIpv6CidrBlock ?? "",
            ...{ gatewayId: found.GatewayId ?? "", natGatewayId: found.NatGatewayId ?? "" },
            ...{ origin: found.Origin, state: found.State, instanceId: "", instanceOwnerId: "" },
          },
        }
      );
    },

    async update({ inputs }) {
      await ec2.ReplaceRoute(request(inputs));
    },

    async delete(id, known) {
      const { table, destination } = named(id, known);
      await unlessAbsent(/NotFound/, () =>
        ec2.DeleteRoute({
          RouteTableId: table,
          ...(destination.includes(":")
            ? { DestinationIpv6CidrBlock: destination }
            : { DestinationCidrBlock: destination }),
        }),
      );
    },
  }),
});

function request(inputs: {
  readonly routeTableId: string;
  readonly destinationCidrBlock: string | undefined;
  readonly destinationIpv6CidrBlock: string | undefined;
  readonly gatewayId: string | undefined;
  readonly natGatewayId: string | undefined;
}) {
  return {
    RouteTableId: inputs.routeTableId,
    DestinationCidrBlock: inputs.destinationCidrBlock,
    DestinationIpv6CidrBlock: inputs.destinationIpv6CidrBlock,
    GatewayId: inputs.gatewayId,
    NatGatewayId: inputs.natGatewayId,
  };
}

/** A route has no id of AWS's: the real provider makes one of the table's and the destination's checksum. */
function idOf(table: string, destination: string): string {
  return `r-${table}${crc32(destination)}`;
}

/** An import names a route `<table>_<destination>`. */
function named(id: string, known: Bag): { readonly table: string; readonly destination: string } {
  const [table = "", destination = ""] = id.split("_");
  const { routeTableId, destinationCidrBlock, destinationIpv6CidrBlock } = known;
  if (typeof routeTableId !== "string") return { table, destination };
  return {
    table: routeTableId,
    destination: [destinationCidrBlock, destinationIpv6CidrBlock].find(isText) ?? "",
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
