import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";
import { fromTagList } from "../../tagLists.ts";
import { whileRefused } from "../../wait.ts";
import { ec2Retag, specification } from "./tagging.ts";

/** Its routes are resources of their own here: `routes` is an output only. */
export const routeTable = resourceType({
  token: "aws:ec2/routeTable:RouteTable",
  title: "EC2 Route Table",
  properties: { vpcId: { kind: text, required: true, forceNew: true } },
  outputs: ["arn", "ownerId", "propagatingVgws", "routes"],
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { RouteTable } = await cloud.ec2.CreateRouteTable({
        VpcId: inputs.vpcId,
        TagSpecifications: specification("route-table", tags),
      });
      return answered(RouteTable?.RouteTableId, "RouteTableId");
    },

    async read(id) {
      const answer = await unlessAbsent(/NotFound/, () =>
        cloud.ec2.DescribeRouteTables({ RouteTableIds: [id] }),
      );
      const found = answer?.RouteTables?.[0];
      if (!found) return undefined;
      const added = (found.Routes ?? []).filter(({ Origin }) => Origin === "CreateRoute");
      return {
        id,
        properties: {
          arn: `arn:aws:ec2:${cloud.ground.identity.region}:${found.OwnerId}:route-table/${id}`,
          ...{ ownerId: found.OwnerId, vpcId: found.VpcId, propagatingVgws: [] },
          routes: added.map((route) => ({
            cidrBlock: route.DestinationCidrBlock,
            ipv6CidrBlock: route.DestinationIpv6CidrBlock,
            gatewayId: route.GatewayId,
            natGatewayId: route.NatGatewayId,
          })),
          tags: fromTagList(found.Tags),
        },
      };
    },

    retag: ec2Retag(cloud),

    async delete(id) {
      await whileRefused(cloud.ground.clock, ["DependencyViolation"], () =>
        cloud.ec2.DeleteRouteTable({ RouteTableId: id }),
      );
    },
  }),
});
