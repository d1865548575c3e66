import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only, required } from "../parameters.ts";
import { parseCidr } from "./cidr.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import { paged } from "./paged.ts";
import { addDefaultGroup } from "./securityGroups.ts";
import { dependencyViolation, type State, type Vpc } from "./state.ts";
import { specified, tagList } from "./tags.ts";

type VpcOperations = Operations<
  typeof sdk,
  "CreateVpc" | "DescribeVpcs" | "DeleteVpc" | "DescribeVpcAttribute" | "ModifyVpcAttribute"
>;

/** VPCs. Each comes with a main route table, a default security group and a default network ACL, and takes them along. */
export function vpcOperations(state: State, { account }: Identity): VpcOperations {
  return atOnce<VpcOperations>({
    CreateVpc(input) {
      only("CreateVpc", input, ["CidrBlock", "InstanceTenancy", "TagSpecifications"]);
      const text = required(input.CidrBlock, "CidrBlock", "MissingParameter");
      const cidr = parseCidr(text);
      if (!cidr)
        throw new AwsError(
          "InvalidParameterValue",
          `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
        );
      if (cidr.bits < 16 || cidr.bits > 28)
        throw new AwsError("InvalidVpc.Range", `The CIDR '${text}' is invalid.`);
      const vpc = state.vpcs.add({
        ...{ id: newId("vpc"), type: "vpc", tags: specified(input.TagSpecifications, "vpc"), cidr },
        tenancy: input.InstanceTenancy ?? "default",
        ...{ dnsSupport: true, dnsHostnames: false, addressUsageMetrics: false },
      });
      addDefaults(state, vpc);
      return { Vpc: { ...described(vpc, account), State: "pending" } };
    },

    DescribeVpcs(input) {
      only("DescribeVpcs", input, ["Filters", "VpcIds", "NextToken", "MaxResults"]);
      const found = state.vpcs.some(input.VpcIds).filter((vpc) =>
        matches(
          input.Filters,
          {
            ...{ "vpc-id": vpc.id, cidr: vpc.cidr.text, "cidr-block": vpc.cidr.text, state: "available" },
            ...{ "owner-id": account, "is-default": "false", isDefault: "false" },
            ...{ "cidr-block-association.cidr-block": vpc.cidr.text, "dhcp-options-id": dhcpOptions },
          },
          vpc.tags,
        ),
      );
      const { items, next } = paged(found, input);
      return { Vpcs: items.map((vpc) => described(vpc, account)), NextToken: next };
    },

    DeleteVpc({ VpcId }) {
      const vpc = state.vpcs.find(VpcId);
      const inside = [
        ...state.subnets.all().filter(({ vpc: id }) => id === vpc.id),
        ...state.internetGateways.all().filter(({ vpc: id }) => id === vpc.id),
        ...state.routeTables.all().filter(({ vpc: id, main }) => id === vpc.id && !main),
        ...state.securityGroups.all().filter(({ vpc: id, name }) => id === vpc.id && name !== "default"),
      ];
      if (inside.length > 0)
        throw dependencyViolation(`The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
      removeDefaults(state, vpc);
      state.vpcs.remove(vpc);
      return {};
    },

    DescribeVpcAttribute({ VpcId, Attribute }) {
      const vpc = state.vpcs.find(VpcId);
      switch (Attribute) {
        case "enableDnsSupport":
          return { VpcId: vpc.id, EnableDnsSupport: { Value: vpc.dnsSupport } };
        case "enableDnsHostnames":
          return { VpcId: vpc.id, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
        case "enableNetworkAddressUsageMetrics":
          return { VpcId: vpc.id, EnableNetworkAddressUsageMetrics: { Value: vpc.addressUsageMetrics } };
        case undefined:
          throw new AwsError("MissingParameter", "The request must contain the parameter attribute");
        default:
          throw new AwsError(
            "InvalidParameterValue",
            `Value (${String(Attribute)}) for parameter attribute is invalid.`,
          );
      }
    },

    ModifyVpcAttribute(input) {
      const vpc = state.vpcs.find(input.VpcId);
      vpc.dnsSupport = input.EnableDnsSupport?.Value ?? vpc.dnsSupport;
      vpc.dnsHostnames = input.EnableDnsHostnames?.Value ?? vpc.dnsHostnames;
      vpc.addressUsageMetrics = input.EnableNetworkAddressUsageMetrics?.Value ?? vpc.addressUsageMetrics;
      return {};
    },
  });
}

/** The region's own DHCP options, which every VPC has until it is given others. */
const dhcpOptions = "dopt-0f00d0f00d0f00d00";

function addDefaults(state: State, vpc: Vpc): void {
  state.routeTables.add({
    ...{ id: newId("rtb"), type: "route-table", tags: new Map(), vpc: vpc.id, main: true },
    routes: new Map([
      [vpc.cidr.text, { destination: vpc.cidr.text, target: "local", origin: "CreateRouteTable" }],
    ]),
    associations: new Map([[newId("rtbassoc"), undefined]]),
  });
  addDefaultGroup(state, vpc.id);
  state.networkAcls.add({ id: newId("acl"), type: "network-acl", tags: new Map(), vpc: vpc.id });
}

function removeDefaults(state: State, { id }: Vpc): void {
  for (const table of state.routeTables.all()) if (table.vpc === id) state.routeTables.remove(table);
  for (const acl of state.networkAcls.all()) if (acl.vpc === id) state.networkAcls.remove(acl);
  for (const group of state.securityGroups.all())
    if (group.vpc === id) {
      state.securityGroups.remove(group);
      for (const rule of state.securityGroupRules.all())
        if (rule.group === group.id) state.securityGroupRules.remove(rule);
    }
}

function described(vpc: Vpc, account: string): sdk.Vpc {
  return {
    ...{ VpcId: vpc.id, OwnerId: account, CidrBlock: vpc.cidr.text, State: "available", IsDefault: false },
    ...{ DhcpOptionsId: dhcpOptions, InstanceTenancy: vpc.tenancy, Tags: tagList(vpc.tags) },
    Ipv6CidrBlockAssociationSet: [],
    CidrBlockAssociationSet: [
      {
        AssociationId: vpc.id.replace("vpc-", "vpc-cidr-assoc-"),
        ...{ CidrBlock: vpc.cidr.text, CidrBlockState: { State: "associated" } },
      },
    ],
  };
}
