import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only } from "../parameters.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import type { Address, State } from "./state.ts";
import { specified, tagList } from "./tags.ts";

type AddressOperations = Operations<
  typeof sdk,
  "AllocateAddress" | "DescribeAddresses" | "DescribeAddressesAttribute" | "ReleaseAddress"
>;

/** Elastic IP addresses, from a range that documentation is written with (RFC 5737): none is anyone's. */
export function addressOperations(state: State, { region, account }: Identity): AddressOperations {
  return atOnce<AddressOperations>({
    AllocateAddress(input) {
      only("AllocateAddress", input, ["Domain", "TagSpecifications", "NetworkBorderGroup"]);
      const taken = new Set(state.addresses.all().map(({ publicIp }) => publicIp));
      const publicIp = Array.from({ length: 254 }, (_, index) => `203.0.113.${index + 1}`).find(
        (one) => !taken.has(one),
      );
      if (publicIp === undefined)
        throw new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
      const made = state.addresses.add({
        ...{ id: newId("eipalloc"), type: "elastic-ip", publicIp },
        tags: specified(input.TagSpecifications, "elastic-ip"),
      });
      return {
        ...{ AllocationId: made.id, PublicIp: publicIp, Domain: "vpc", PublicIpv4Pool: "amazon" },
        NetworkBorderGroup: region,
      };
    },

    DescribeAddresses(input) {
      only("DescribeAddresses", input, ["Filters", "AllocationIds", "PublicIps"]);
      const unknown = input.PublicIps?.find(
        (ip) => !state.addresses.all().some(({ publicIp }) => publicIp === ip),
      );
      if (unknown !== undefined)
        throw new AwsError("InvalidAddress.NotFound", `Address '${unknown}' not found.`);
      const found = state.addresses.some(input.AllocationIds).filter(
        (one) =>
          (input.PublicIps?.includes(one.publicIp) ?? true) &&
          matches(
            input.Filters,
            {
              ...{ "allocation-id": one.id, "public-ip": one.publicIp, domain: "vpc" },
              ...{ "association-id": one.associationId, "network-interface-id": one.networkInterface },
              "private-ip-address": interfaceOf(state, one)?.privateIp,
              "network-border-group": region,
            },
            one.tags,
          ),
      );
      return {
        Addresses: found.map((one) => ({
          ...{ AllocationId: one.id, PublicIp: one.publicIp, Domain: "vpc", PublicIpv4Pool: "amazon" },
          ...{ NetworkBorderGroup: region, Tags: tagList(one.tags) },
          ...(one.networkInterface !== undefined && {
            ...{ AssociationId: one.associationId, NetworkInterfaceId: one.networkInterface },
            ...{ NetworkInterfaceOwnerId: account, PrivateIpAddress: interfaceOf(state, one)?.privateIp },
          }),
        })),
      };
    },

    DescribeAddressesAttribute: ({ AllocationIds }) => ({
      Addresses: state.addresses
        .some(AllocationIds)
        .map(({ id, publicIp }) => ({ AllocationId: id, PublicIp: publicIp })),
    }),

    ReleaseAddress({ AllocationId }) {
      const one = state.addresses.find(AllocationId);
      if (one.networkInterface !== undefined)
        throw new AwsError("InvalidIPAddress.InUse", `Address ${one.publicIp} is in use.`);
      state.addresses.remove(one);
      return {};
    },
  });
}

function interfaceOf(state: State, { networkInterface }: Address) {
  return state.networkInterfaces.all().find(({ id }) => id === networkInterface);
}
