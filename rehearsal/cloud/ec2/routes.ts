import type * as sdk from "@aws-sdk/client-ec2";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only, required } from "../parameters.ts";
import { parseCidr } from "./cidr.ts";
import type { State } from "./state.ts";

type RouteOperations = Operations<typeof sdk, "CreateRoute" | "ReplaceRoute" | "DeleteRoute">;

/** Routes to internet gateways and NAT gateways. */
export function routeOperations(state: State): RouteOperations {
  const known = [
    ...(["RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "GatewayId"] as const),
    "NatGatewayId" as const,
  ];
  return atOnce<RouteOperations>({
    CreateRoute(input) {
      only("CreateRoute", input, known);
      const { id, vpc, routes } = state.routeTables.find(input.RouteTableId);
      const destination = destinationOf(input);
      const target = targetOf(state, vpc, input);
      const former = routes.get(destination);
      if (former && former.target !== target)
        throw new AwsError(
          "RouteAlreadyExists",
          `The route identified by ${destination} already exists in route table ${id}.`,
        );
      routes.set(destination, { destination, target, origin: "CreateRoute" });
      return { Return: true };
    },

    ReplaceRoute(input) {
      only("ReplaceRoute", input, known);
      const table = state.routeTables.find(input.RouteTableId);
      const destination = destinationOf(input);
      if (!table.routes.has(destination)) throw noRoute(table.id, destination);
      const target = targetOf(state, table.vpc, input);
      table.routes.set(destination, { destination, target, origin: "CreateRoute" });
      return {};
    },

    DeleteRoute(input) {
      const table = state.routeTables.find(input.RouteTableId);
      const destination = destinationOf(input);
      if (table.routes.get(destination)?.target === "local")
        throw new AwsError(
          "InvalidParameterValue",
          `cannot remove local route ${destination} in route table ${table.id}`,
        );
      if (!table.routes.delete(destination)) throw noRoute(table.id, destination);
      return {};
    },
  });
}

/** A route whose target is gone is a black hole. */
export function routeState(state: State, target: string): sdk.RouteState {
  if (target === "local") return "active";
  const there =
    state.natGateways.all().some(({ id, state: is }) => id === target && is !== "deleted") ||
    state.internetGateways.all().some(({ id, vpc }) => id === target && vpc !== undefined);
  return there ? "active" : "blackhole";
}

function destinationOf(input: {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
}): string {
  if (input.DestinationIpv6CidrBlock !== undefined) return input.DestinationIpv6CidrBlock;
  const text = required(input.DestinationCidrBlock, "destinationCidrBlock", "MissingParameter");
  const cidr = parseCidr(text);
  if (!cidr)
    throw new AwsError(
      "InvalidParameterValue",
      `Value (${text}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
    );
  return cidr.text;
}

function targetOf(
  state: State,
  vpc: string,
  { GatewayId, NatGatewayId }: Pick<sdk.CreateRouteRequest, "GatewayId" | "NatGatewayId">,
): string {
  if (NatGatewayId !== undefined) return state.natGateways.find(NatGatewayId).id;
  const gateway = state.internetGateways
    .all()
    .find(({ id }) => id === required(GatewayId, "gatewayId", "MissingParameter"));
  if (!gateway)
    throw new AwsError("InvalidGatewayID.NotFound", `The gateway ID '${GatewayId}' does not exist`);
  if (gateway.vpc !== vpc)
    throw new AwsError(
      "InvalidParameterValue",
      `route table and network gateway ${gateway.id} belong to different networks`,
    );
  return gateway.id;
}

function noRoute(table: string, destination: string): AwsError {
  return new AwsError(
    "InvalidRoute.NotFound",
    `no route with destination-cidr-block ${destination} in route table ${table}`,
  );
}
