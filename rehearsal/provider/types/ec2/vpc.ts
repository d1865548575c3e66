import type { Tenancy, VpcAttributeName } from "@aws-sdk/client-ec2";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import type { ProviderCloud } from "../../providerCloud.ts";
import { resourceType } from "../../resourceType.ts";
import { flag, text } from "../../schema/leaves.ts";
import { fromTagList } from "../../tagLists.ts";
import { whileRefused } from "../../wait.ts";
import { ec2Retag, specification } from "./tagging.ts";

export const vpc = resourceType({
  token: "aws:ec2/vpc:Vpc",
  title: "EC2 VPC",
  properties: {
    cidrBlock: { kind: text, required: true, forceNew: true },
    instanceTenancy: { kind: text, default: "default", forceNew: true },
    enableDnsHostnames: { kind: flag, computed: true },
    enableDnsSupport: { kind: flag, default: true },
    enableNetworkAddressUsageMetrics: { kind: flag, computed: true },
    assignGeneratedIpv6CidrBlock: { kind: flag },
  },
  outputs: [
    ...(["arn", "defaultNetworkAclId", "defaultRouteTableId", "defaultSecurityGroupId"] as const),
    ...(["dhcpOptionsId", "mainRouteTableId", "ownerId"] as const),
  ],
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { Vpc } = await cloud.ec2.CreateVpc({
        CidrBlock: inputs.cidrBlock,
        InstanceTenancy: inputs.instanceTenancy as Tenancy,
        ...(inputs.assignGeneratedIpv6CidrBlock && { AmazonProvidedIpv6CidrBlock: true }),
        TagSpecifications: specification("vpc", tags),
      });
      const id = answered(Vpc?.VpcId, "VpcId");
      await setAttributes(cloud, id, inputs);
      return id;
    },

    async read(id) {
      const { ec2, ground } = cloud;
      const answer = await unlessAbsent(/NotFound/, () => ec2.DescribeVpcs({ VpcIds: [id] }));
      const found = answer?.Vpcs?.[0];
      if (!found) return undefined;
      const of = [{ Name: "vpc-id", Values: [id] }];
      const attribute = (Attribute: VpcAttributeName) => ec2.DescribeVpcAttribute({ VpcId: id, Attribute });
      const tables = await ec2.DescribeRouteTables({
        Filters: [...of, { Name: "association.main", Values: ["true"] }],
      });
      const groups = await ec2.DescribeSecurityGroups({
        Filters: [...of, { Name: "group-name", Values: ["default"] }],
      });
      const acls = await ec2.DescribeNetworkAcls({ Filters: [...of, { Name: "default", Values: ["true"] }] });
      const mainRouteTableId = tables.RouteTables?.[0]?.RouteTableId;
      return {
        id,
        properties: {
          arn: `arn:aws:ec2:${ground.identity.region}:${found.OwnerId}:vpc/${id}`,
          ...{ cidrBlock: found.CidrBlock, instanceTenancy: found.InstanceTenancy },
          ...{ ownerId: found.OwnerId, dhcpOptionsId: found.DhcpOptionsId },
          enableDnsSupport: (await attribute("enableDnsSupport")).EnableDnsSupport?.Value,
          enableDnsHostnames: (await attribute("enableDnsHostnames")).EnableDnsHostnames?.Value,
          enableNetworkAddressUsageMetrics: (await attribute("enableNetworkAddressUsageMetrics"))
            .EnableNetworkAddressUsageMetrics?.Value,
          assignGeneratedIpv6CidrBlock: (found.Ipv6CidrBlockAssociationSet ?? []).length > 0,
          ...{ mainRouteTableId, defaultRouteTableId: mainRouteTableId },
          defaultSecurityGroupId: groups.SecurityGroups?.[0]?.GroupId,
          defaultNetworkAclId: acls.NetworkAcls?.[0]?.NetworkAclId,
          tags: fromTagList(found.Tags),
        },
      };
    },

    async update({ id, inputs, changed }) {
      const of = (name: keyof Attributes) => (changed.has(name) ? inputs[name] : undefined);
      await setAttributes(cloud, id, {
        enableDnsSupport: of("enableDnsSupport"),
        enableDnsHostnames: of("enableDnsHostnames"),
        enableNetworkAddressUsageMetrics: of("enableNetworkAddressUsageMetrics"),
      });
    },

    retag: ec2Retag(cloud),

    async delete(id) {
      await whileRefused(cloud.ground.clock, ["DependencyViolation"], () =>
        cloud.ec2.DeleteVpc({ VpcId: id }),
      );
    },
  }),
});

interface Attributes {
  readonly enableDnsSupport: boolean | undefined;
  readonly enableDnsHostnames: boolean | undefined;
  readonly enableNetworkAddressUsageMetrics: boolean | undefined;
}

/** AWS takes one attribute a request. */
async function setAttributes(
  { ec2 }: Pick<ProviderCloud, "ec2">,
  VpcId: string,
  attributes: Attributes,
): Promise<void> {
  const { enableDnsSupport, enableDnsHostnames, enableNetworkAddressUsageMetrics } = attributes;
  const set = (Value: boolean) => ({ Value });
  if (enableDnsSupport !== undefined)
    await ec2.ModifyVpcAttribute({ VpcId, EnableDnsSupport: set(enableDnsSupport) });
  if (enableDnsHostnames !== undefined)
    await ec2.ModifyVpcAttribute({ VpcId, EnableDnsHostnames: set(enableDnsHostnames) });
  if (enableNetworkAddressUsageMetrics !== undefined)
    await ec2.ModifyVpcAttribute({
      VpcId,
      EnableNetworkAddressUsageMetrics: set(enableNetworkAddressUsageMetrics),
    });
}
