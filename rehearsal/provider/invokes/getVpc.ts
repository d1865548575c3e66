import type { Invoke } from "../invoke.ts";
import { fromTagList } from "../tagLists.ts";
import { filtersOf } from "./filters.ts";

export const getVpc: Invoke = {
  token: "aws:ec2/getVpc:getVpc",
  title: "EC2 VPC",
  arguments: ["cidrBlock", "default", "dhcpOptionsId", "filters", "id", "region", "state", "tags"],
  async run({ ec2, ground }, args) {
    const equal = (Name: string, value: unknown) =>
      value === undefined ? [] : [{ Name, Values: [JSON.stringify(value).replaceAll('"', "")] }];
    const { Vpcs = [] } = await ec2.DescribeVpcs({
      ...(args["id"] !== undefined && { VpcIds: [args["id"] as string] }),
      Filters: [
        ...filtersOf(args),
        ...equal("cidr-block", args["cidrBlock"]),
        ...equal("is-default", args["default"]),
        ...equal("dhcp-options-id", args["dhcpOptionsId"]),
        ...equal("state", args["state"]),
      ],
    });
    const [found, ...more] = Vpcs;
    if (!found) throw new Error("no matching EC2 VPC found");
    if (more.length > 0)
      throw new Error(
        "multiple EC2 VPCs matched; use additional constraints to reduce matches to a single EC2 VPC",
      );
    const id = found.VpcId ?? "";
    const attribute = (Attribute: "enableDnsSupport" | "enableDnsHostnames") =>
      ec2.DescribeVpcAttribute({ VpcId: id, Attribute });
    const { RouteTables } = await ec2.DescribeRouteTables({
      Filters: [
        { Name: "vpc-id", Values: [id] },
        { Name: "association.main", Values: ["true"] },
      ],
    });
    const { region } = ground.identity;
    return {
      ...{ ...args, id, region, arn: `arn:aws:ec2:${region}:${found.OwnerId}:vpc/${id}` },
      ...{ cidrBlock: found.CidrBlock, default: found.IsDefault, dhcpOptionsId: found.DhcpOptionsId },
      ...{ instanceTenancy: found.InstanceTenancy, ownerId: found.OwnerId, state: found.State },
      enableDnsSupport: (await attribute("enableDnsSupport")).EnableDnsSupport?.Value,
      enableDnsHostnames: (await attribute("enableDnsHostnames")).EnableDnsHostnames?.Value,
      mainRouteTableId: RouteTables?.[0]?.RouteTableId,
      cidrBlockAssociations: (found.CidrBlockAssociationSet ?? []).map((one) => ({
        ...{ associationId: one.AssociationId, cidrBlock: one.CidrBlock },
        state: one.CidrBlockState?.State,
      })),
      tags: fromTagList(found.Tags),
    };
  },
};
