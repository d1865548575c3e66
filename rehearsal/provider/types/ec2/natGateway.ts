import type { ConnectivityType } from "@aws-sdk/client-ec2";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import type { ProviderCloud } from "../../providerCloud.ts";
import { resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";
import { fromTagList } from "../../tagLists.ts";
import { waitFor } from "../../wait.ts";
import { ec2Retag, specification } from "./tagging.ts";

export const natGateway = resourceType({
  token: "aws:ec2/natGateway:NatGateway",
  title: "EC2 NAT Gateway",
  properties: {
    subnetId: { kind: text, required: true, forceNew: true },
    allocationId: { kind: text, forceNew: true },
    connectivityType: { kind: text, default: "public", forceNew: true },
  },
  outputs: ["associationId", "networkInterfaceId", "privateIp", "publicIp", "vpcId"],
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { NatGateway } = await cloud.ec2.CreateNatGateway({
        ...{ SubnetId: inputs.subnetId, AllocationId: inputs.allocationId },
        ConnectivityType: inputs.connectivityType as ConnectivityType,
        TagSpecifications: specification("natgateway", tags),
      });
      // The real provider waits for `available`, a minute or two. Routes can name it before, so that nothing here waits.
      return answered(NatGateway?.NatGatewayId, "NatGatewayId");
    },

    async read(id) {
      const found = await existing(cloud, id);
      const address = found?.NatGatewayAddresses?.[0];
      return (
        found && {
          id,
          properties: {
            ...{ subnetId: found.SubnetId, vpcId: found.VpcId, connectivityType: found.ConnectivityType },
            ...{ allocationId: address?.AllocationId ?? "", associationId: address?.AssociationId ?? "" },
            networkInterfaceId: address?.NetworkInterfaceId,
            ...{ privateIp: address?.PrivateIp, publicIp: address?.PublicIp ?? "" },
            tags: fromTagList(found.Tags),
          },
        }
      );
    },

    retag: ec2Retag(cloud),

    async delete(id) {
      await unlessAbsent(/NotFound/, () => cloud.ec2.DeleteNatGateway({ NatGatewayId: id }));
      await waitFor(cloud.ground.clock, async () => ((await existing(cloud, id)) ? undefined : true), {
        ...{ within: 60_000, evidence: () => `${id} is still being deleted` },
      });
    },
  }),
});

/** AWS still shows deleted gateways for a while. */
async function existing({ ec2 }: ProviderCloud, id: string) {
  const answer = await unlessAbsent(/NotFound/, () => ec2.DescribeNatGateways({ NatGatewayIds: [id] }));
  return answer?.NatGateways?.find(({ State }) => State !== "deleted" && State !== "failed");
}
