import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only, required } from "../parameters.ts";
import { contains, overlap, parseCidr } from "./cidr.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import { paged } from "./paged.ts";
import { dependencyViolation, type State, type Subnet } from "./state.ts";
import { specified, tagList } from "./tags.ts";
import { zones } from "./zones.ts";

type SubnetOperations = Operations<
  typeof sdk,
  "CreateSubnet" | "DescribeSubnets" | "DeleteSubnet" | "ModifySubnetAttribute"
>;

/** Subnets. */
export function subnetOperations(state: State, identity: Identity): SubnetOperations {
  return atOnce<SubnetOperations>({
    CreateSubnet(input) {
      only("CreateSubnet", input, [
        ...(["VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId", "TagSpecifications"] as const),
      ]);
      const vpc = state.vpcs.find(required(input.VpcId, "vpcId", "MissingParameter"));
      const text = required(input.CidrBlock, "cidrBlock", "MissingParameter");
      const cidr = parseCidr(text);
      if (!cidr)
        throw new AwsError(
          "InvalidParameterValue",
          `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
        );
      if (cidr.bits > 28 || !contains(vpc.cidr, cidr))
        throw new AwsError("InvalidSubnet.Range", `The CIDR '${text}' is invalid.`);
      const others = state.subnets.all().filter(({ vpc: id }) => id === vpc.id);
      if (others.some((other) => overlap(other.cidr, cidr)))
        throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${text}' conflicts with another subnet`);
      const { AvailabilityZone: name, AvailabilityZoneId: zoneId } = input;
      const zone = zones(identity).find(
        (one) => (name === undefined || one.name === name) && (zoneId === undefined || one.id === zoneId),
      );
      if (!zone)
        throw new AwsError(
          "InvalidParameterValue",
          `Value (${name ?? zoneId}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones(
            identity,
          )
            .map((one) => one.name)
            .join(", ")}.`,
        );
      const subnet = state.subnets.add({
        ...{ id: newId("subnet"), type: "subnet", tags: specified(input.TagSpecifications, "subnet") },
        ...{ vpc: vpc.id, cidr, zone: zone.name, publicAddresses: false, given: 0 },
      });
      return { Subnet: described(state, identity, subnet) };
    },

    DescribeSubnets(input) {
      only("DescribeSubnets", input, ["Filters", "SubnetIds", "NextToken", "MaxResults"]);
      const found = state.subnets.some(input.SubnetIds).filter((subnet) =>
        matches(
          input.Filters,
          {
            ...{ "subnet-id": subnet.id, "vpc-id": subnet.vpc, state: "available" },
            ...{ "availability-zone": subnet.zone, availabilityZone: subnet.zone },
            "availability-zone-id": zoneIdOf(identity, subnet),
            ...{ "cidr-block": subnet.cidr.text, cidr: subnet.cidr.text, cidrBlock: subnet.cidr.text },
            ...{ "owner-id": identity.account, "default-for-az": "false", defaultForAz: "false" },
            "map-public-ip-on-launch": String(subnet.publicAddresses),
            "subnet-arn": arnOf(identity, subnet),
          },
          subnet.tags,
        ),
      );
      const { items, next } = paged(found, input);
      return { Subnets: items.map((subnet) => described(state, identity, subnet)), NextToken: next };
    },

    DeleteSubnet({ SubnetId }) {
      const subnet = state.subnets.find(SubnetId);
      if (state.networkInterfaces.all().some(({ subnet: id }) => id === subnet.id))
        throw dependencyViolation(`The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
      // Its association with a route table goes with it.
      for (const { associations } of state.routeTables.all())
        for (const [id, associated] of associations) if (associated === subnet.id) associations.delete(id);
      state.subnets.remove(subnet);
      return {};
    },

    ModifySubnetAttribute(input) {
      only("ModifySubnetAttribute", input, ["SubnetId", "MapPublicIpOnLaunch"]);
      const subnet = state.subnets.find(input.SubnetId);
      subnet.publicAddresses = input.MapPublicIpOnLaunch?.Value ?? subnet.publicAddresses;
      return {};
    },
  });
}

function described(state: State, identity: Identity, subnet: Subnet): sdk.Subnet {
  const used = state.networkInterfaces.all().filter((one) => one.subnet === subnet.id).length;
  return {
    ...{ SubnetId: subnet.id, SubnetArn: arnOf(identity, subnet), OwnerId: identity.account },
    ...{ VpcId: subnet.vpc, CidrBlock: subnet.cidr.text, State: "available" },
    ...{ AvailabilityZone: subnet.zone, AvailabilityZoneId: zoneIdOf(identity, subnet) },
    // AWS keeps five addresses of each subnet for itself.
    AvailableIpAddressCount: subnet.cidr.size - 5 - used,
    ...{
      DefaultForAz: false,
      MapPublicIpOnLaunch: subnet.publicAddresses,
      MapCustomerOwnedIpOnLaunch: false,
    },
    ...{ AssignIpv6AddressOnCreation: false, Ipv6CidrBlockAssociationSet: [], Ipv6Native: false },
    EnableDns64: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: "ip-name",
      ...{ EnableResourceNameDnsARecord: false, EnableResourceNameDnsAAAARecord: false },
    },
    Tags: tagList(subnet.tags),
  };
}

function arnOf({ region, account }: Identity, { id }: Subnet): string {
  return `arn:aws:ec2:${region}:${account}:subnet/${id}`;
}

function zoneIdOf(identity: Identity, { zone }: Subnet): string | undefined {
  return zones(identity).find(({ name }) => name === zone)?.id;
}
