import type * as sdk from "@aws-sdk/client-ec2";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only, required } from "../parameters.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import { addInterface } from "./networkInterfaces.ts";
import { paged } from "./paged.ts";
import type { NatGateway, State } from "./state.ts";
import { specified, tagList } from "./tags.ts";

type NatGatewayOperations = Operations<
  typeof sdk,
  "CreateNatGateway" | "DescribeNatGateways" | "DeleteNatGateway"
>;

/** A gateway takes AWS a minute or two, either way. No swap waits for it, so here it is shorter. */
const takes = 1_000;

/** NAT gateways: pending before available, deleting before deleted, and a while still to be seen as deleted. */
export function natGatewayOperations(
  state: State,
  { clock }: Ground,
  closed: AbortSignal,
): NatGatewayOperations {
  function later(act: () => void): void {
    clock.delay(takes, closed).then(act, () => {
      // The rehearsal has ended.
    });
  }

  return atOnce<NatGatewayOperations>({
    CreateNatGateway(input) {
      only("CreateNatGateway", input, [
        ...(["SubnetId", "AllocationId", "ConnectivityType", "TagSpecifications", "ClientToken"] as const),
      ]);
      const subnet = state.subnets.find(required(input.SubnetId, "subnetId", "MissingParameter"));
      const connectivity = input.ConnectivityType ?? "public";
      const address =
        connectivity === "public"
          ? state.addresses.find(required(input.AllocationId, "allocationId", "MissingParameter"))
          : undefined;
      if (address?.networkInterface !== undefined)
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `Elastic IP address [${address.id}] is already associated`,
        );
      const tags = specified(input.TagSpecifications, "natgateway");
      const id = newId("nat");
      const made = addInterface(state, {
        ...{ subnet: subnet.id, groups: [], interfaceType: "natGateway" },
        description: `Interface for NAT Gateway ${id}`,
      });
      if (address) {
        address.networkInterface = made.id;
        address.associationId = newId("eipassoc");
      }
      const gateway = state.natGateways.add({
        ...{ id, type: "natgateway", tags, subnet: subnet.id, connectivity, allocation: address?.id },
        ...{ networkInterface: made.id, created: clock.now(), state: "pending" },
      });
      later(() => {
        if (gateway.state === "pending") gateway.state = "available";
      });
      return { NatGateway: described(state, gateway) };
    },

    DescribeNatGateways(input) {
      only("DescribeNatGateways", input, ["Filter", "NatGatewayIds", "NextToken", "MaxResults"]);
      const found = state.natGateways.some(input.NatGatewayIds).filter((gateway) =>
        matches(
          input.Filter,
          {
            ...{ "nat-gateway-id": gateway.id, "subnet-id": gateway.subnet, state: gateway.state },
            "vpc-id": state.subnets.all().find(({ id }) => id === gateway.subnet)?.vpc,
          },
          gateway.tags,
        ),
      );
      const { items, next } = paged(found, input);
      return { NatGateways: items.map((gateway) => described(state, gateway)), NextToken: next };
    },

    DeleteNatGateway({ NatGatewayId }) {
      const gateway = state.natGateways.find(NatGatewayId);
      if (gateway.state === "deleting" || gateway.state === "deleted") return { NatGatewayId: gateway.id };
      gateway.state = "deleting";
      later(() => {
        gateway.state = "deleted";
        gateway.deleted = clock.now();
        const address = state.addresses.all().find(({ id }) => id === gateway.allocation);
        delete address?.networkInterface;
        delete address?.associationId;
        state.networkInterfaces.remove(state.networkInterfaces.find(gateway.networkInterface));
      });
      return { NatGatewayId: gateway.id };
    },
  });
}

function described(state: State, gateway: NatGateway): sdk.NatGateway {
  const subnet = state.subnets.all().find(({ id }) => id === gateway.subnet);
  const address = state.addresses.all().find(({ id }) => id === gateway.allocation);
  const own = state.networkInterfaces.all().find(({ id }) => id === gateway.networkInterface);
  return {
    ...{ NatGatewayId: gateway.id, SubnetId: gateway.subnet, VpcId: subnet?.vpc, State: gateway.state },
    ...{ ConnectivityType: gateway.connectivity, CreateTime: gateway.created, DeleteTime: gateway.deleted },
    NatGatewayAddresses: [
      {
        ...{ AllocationId: gateway.allocation, PublicIp: address?.publicIp },
        ...{ AssociationId: address?.associationId, NetworkInterfaceId: gateway.networkInterface },
        ...{ PrivateIp: own?.privateIp, IsPrimary: true },
        Status: gateway.state === "pending" ? "associating" : "succeeded",
      },
    ],
    Tags: tagList(gateway.tags),
  };
}
