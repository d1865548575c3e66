import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only, required } from "../parameters.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import { paged } from "./paged.ts";
import { routeState } from "./routes.ts";
import { dependencyViolation, type Route, type RouteTable, type State } from "./state.ts";
import { specified, tagList } from "./tags.ts";

type RouteTableOperations = Operations<
  typeof sdk,
  | "CreateRouteTable"
  | "DescribeRouteTables"
  | "DeleteRouteTable"
  | "AssociateRouteTable"
  | "DisassociateRouteTable"
  | "ReplaceRouteTableAssociation"
>;

/** Route tables and which subnets they are for. */
export function routeTableOperations(state: State, { account }: Identity): RouteTableOperations {
  function association(id: string | undefined): { readonly table: RouteTable; readonly id: string } {
    const table = state.routeTables.all().find(({ associations }) => associations.has(id ?? ""));
    if (!table || id === undefined)
      throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
    return { table, id };
  }

  return atOnce<RouteTableOperations>({
    CreateRouteTable(input) {
      only("CreateRouteTable", input, ["VpcId", "TagSpecifications", "ClientToken"]);
      const vpc = state.vpcs.find(required(input.VpcId, "vpcId", "MissingParameter"));
      const local: Route = { destination: vpc.cidr.text, target: "local", origin: "CreateRouteTable" };
      const table = state.routeTables.add({
        ...{ id: newId("rtb"), type: "route-table", tags: specified(input.TagSpecifications, "route-table") },
        ...{ vpc: vpc.id, main: false, associations: new Map() },
        routes: new Map([[local.destination, local]]),
      });
      return { RouteTable: described(state, table, account) };
    },

    DescribeRouteTables(input) {
      only("DescribeRouteTables", input, ["Filters", "RouteTableIds", "NextToken", "MaxResults"]);
      const found = state.routeTables.some(input.RouteTableIds).filter((table) => {
        const targets = [...table.routes.values()].map(({ target }) => target);
        return matches(
          input.Filters,
          {
            ...{ "route-table-id": table.id, "vpc-id": table.vpc, "owner-id": account },
            "association.main": [...table.associations.values()].map((subnet) =>
              String(subnet === undefined),
            ),
            "association.subnet-id": [...table.associations.values()].filter((id) => id !== undefined),
            "association.route-table-association-id": [...table.associations.keys()],
            "association.route-table-id": table.associations.size > 0 ? table.id : undefined,
            "route.destination-cidr-block": [...table.routes.keys()],
            "route.gateway-id": targets.filter((id) => !id.startsWith("nat-")),
            "route.nat-gateway-id": targets.filter((id) => id.startsWith("nat-")),
          },
          table.tags,
        );
      });
      const { items, next } = paged(found, input);
      return { RouteTables: items.map((table) => described(state, table, account)), NextToken: next };
    },

    DeleteRouteTable({ RouteTableId }) {
      const table = state.routeTables.find(RouteTableId);
      if (table.main || table.associations.size > 0)
        throw dependencyViolation(`The routeTable '${table.id}' has dependencies and cannot be deleted.`);
      state.routeTables.remove(table);
      return {};
    },

    AssociateRouteTable(input) {
      only("AssociateRouteTable", input, ["RouteTableId", "SubnetId"]);
      const table = state.routeTables.find(input.RouteTableId);
      const subnet = state.subnets.find(required(input.SubnetId, "subnetId", "MissingParameter"));
      if (subnet.vpc !== table.vpc)
        throw new AwsError(
          "InvalidParameterValue",
          `Route table ${table.id} and subnet ${subnet.id} belong to different networks`,
        );
      for (const other of state.routeTables.all())
        for (const [id, associated] of other.associations)
          if (associated === subnet.id) {
            if (other === table) return { AssociationId: id, AssociationState: { State: "associated" } };
            throw new AwsError(
              "Resource.AlreadyAssociated",
              `the specified association for route table ${table.id} conflicts with an existing association`,
            );
          }
      const id = newId("rtbassoc");
      table.associations.set(id, subnet.id);
      return { AssociationId: id, AssociationState: { State: "associated" } };
    },

    DisassociateRouteTable({ AssociationId }) {
      const { table, id } = association(AssociationId);
      if (table.associations.get(id) === undefined)
        throw new AwsError("InvalidParameterValue", "cannot disassociate the main route table association");
      table.associations.delete(id);
      return {};
    },

    ReplaceRouteTableAssociation({ AssociationId, RouteTableId }) {
      const { table, id } = association(AssociationId);
      const target = state.routeTables.find(RouteTableId);
      const subnet = table.associations.get(id);
      if (subnet === undefined)
        throw new AwsError("UnsupportedOperation", "The rehearsal keeps a VPC's main route table");
      table.associations.delete(id);
      const next = newId("rtbassoc");
      target.associations.set(next, subnet);
      return { NewAssociationId: next, AssociationState: { State: "associated" } };
    },
  });
}

function described(state: State, table: RouteTable, account: string): sdk.RouteTable {
  return {
    ...{ RouteTableId: table.id, VpcId: table.vpc, OwnerId: account, PropagatingVgws: [] },
    Tags: tagList(table.tags),
    Routes: [...table.routes.values()].map(({ destination, target, origin }) => ({
      ...(destination.includes(":")
        ? { DestinationIpv6CidrBlock: destination }
        : { DestinationCidrBlock: destination }),
      ...(target.startsWith("nat-") ? { NatGatewayId: target } : { GatewayId: target }),
      ...{ Origin: origin, State: routeState(state, target) },
    })),
    Associations: [...table.associations].map(([id, subnet]) => ({
      ...{ RouteTableAssociationId: id, RouteTableId: table.id, Main: subnet === undefined },
      ...(subnet !== undefined && { SubnetId: subnet }),
      AssociationState: { State: "associated" },
    })),
  };
}
