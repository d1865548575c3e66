import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { only } from "../parameters.ts";
import { address } from "./cidr.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import { paged } from "./paged.ts";
import type { NetworkInterface, State } from "./state.ts";
import { tagList } from "./tags.ts";

/** A network interface that another part of AWS keeps in a subnet; while it is there, its security groups stay. */
export interface NewInterface {
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly description: string;
  readonly interfaceType: sdk.NetworkInterfaceType;
}

/** Throws where the subnet or a group is not there. */
export function addInterface(state: State, made: NewInterface): NetworkInterface {
  const subnet = state.subnets.find(made.subnet);
  for (const group of made.groups) state.securityGroups.find(group);
  subnet.given += 1;
  return state.networkInterfaces.add({
    ...{ id: newId("eni"), type: "network-interface", tags: new Map(), ...made },
    // The first four addresses of a subnet are AWS's own.
    privateIp: address(subnet.cidr.first + 3 + subnet.given),
  });
}

type InterfaceOperations = Operations<typeof sdk, "DescribeNetworkInterfaces">;

export function networkInterfaceOperations(state: State, { account }: Identity): InterfaceOperations {
  return atOnce<InterfaceOperations>({
    DescribeNetworkInterfaces(input) {
      only("DescribeNetworkInterfaces", input, [
        ...(["Filters", "NetworkInterfaceIds", "NextToken", "MaxResults"] as const),
      ]);
      const found = state.networkInterfaces.some(input.NetworkInterfaceIds).filter((one) => {
        const { vpc, zone } = state.subnets.find(one.subnet);
        return matches(
          input.Filters,
          {
            ...{ "network-interface-id": one.id, "subnet-id": one.subnet, "vpc-id": vpc, status: "in-use" },
            ...{ "group-id": one.groups, "private-ip-address": one.privateIp, description: one.description },
            ...{ "availability-zone": zone, "owner-id": account, "interface-type": one.interfaceType },
            ...{ "addresses.private-ip-address": one.privateIp, "requester-managed": "true" },
            "association.public-ip": publicIp(state, one)?.publicIp,
          },
          one.tags,
        );
      });
      const { items, next } = paged(found, input);
      return { NetworkInterfaces: items.map((one) => described(state, one, account)), NextToken: next };
    },
  });
}

function publicIp(state: State, { id }: NetworkInterface) {
  return state.addresses.all().find(({ networkInterface }) => networkInterface === id);
}

function described(state: State, one: NetworkInterface, account: string): sdk.NetworkInterface {
  const { vpc, zone } = state.subnets.find(one.subnet);
  const elastic = publicIp(state, one);
  const association = elastic && {
    ...{ PublicIp: elastic.publicIp, AllocationId: elastic.id, AssociationId: elastic.associationId },
    IpOwnerId: account,
  };
  return {
    ...{ NetworkInterfaceId: one.id, SubnetId: one.subnet, VpcId: vpc, AvailabilityZone: zone },
    ...{ Description: one.description, InterfaceType: one.interfaceType, OwnerId: account },
    ...{ PrivateIpAddress: one.privateIp, RequesterManaged: true, SourceDestCheck: false, Status: "in-use" },
    Groups: one.groups.map((GroupId) => ({
      GroupId,
      GroupName: state.securityGroups.find(GroupId).name,
    })),
    PrivateIpAddresses: [{ PrivateIpAddress: one.privateIp, Primary: true, Association: association }],
    ...(association && { Association: association }),
    ...{ Ipv6Addresses: [], TagSet: tagList(one.tags) },
  };
}
