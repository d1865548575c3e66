import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";
import { fromTagList } from "../../tagLists.ts";
import { whileRefused } from "../../wait.ts";
import { ec2Retag, specification } from "./tagging.ts";

export const eip = resourceType({
  token: "aws:ec2/eip:Eip",
  title: "EC2 EIP",
  properties: {
    domain: { kind: text, computed: true, forceNew: true },
    networkBorderGroup: { kind: text, computed: true, forceNew: true },
  },
  outputs: [
    ...(["allocationId", "arn", "associationId", "publicIp", "publicDns", "privateIp"] as const),
    ...(["privateDns", "networkInterface", "instance", "publicIpv4Pool"] as const),
  ],
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { AllocationId } = await cloud.ec2.AllocateAddress({
        Domain: "vpc",
        NetworkBorderGroup: inputs.networkBorderGroup,
        TagSpecifications: specification("elastic-ip", tags),
      });
      return answered(AllocationId, "AllocationId");
    },

    async read(id) {
      const answer = await unlessAbsent(/NotFound/, () =>
        cloud.ec2.DescribeAddresses({ AllocationIds: [id] }),
      );
      const found = answer?.Addresses?.[0];
      const { region, account } = cloud.ground.identity;
      const dashed = (address: string) => address.replaceAll(".", "-");
      return (
        found && {
          id,
          properties: {
            allocationId: id,
            arn: `arn:aws:ec2:${region}:${account}:elastic-ip/${id}`,
            ...{ domain: found.Domain, networkBorderGroup: found.NetworkBorderGroup },
            ...{ associationId: found.AssociationId ?? "", networkInterface: found.NetworkInterfaceId ?? "" },
            ...{ publicIp: found.PublicIp, publicIpv4Pool: found.PublicIpv4Pool, instance: "" },
            publicDns: `ec2-${dashed(found.PublicIp ?? "")}.${region}.compute.amazonaws.com`,
            privateIp: found.PrivateIpAddress ?? "",
            privateDns: found.PrivateIpAddress
              ? `ip-${dashed(found.PrivateIpAddress)}.${region}.compute.internal`
              : "",
            tags: fromTagList(found.Tags),
          },
        }
      );
    },

    retag: ec2Retag(cloud),

    async delete(id) {
      // A NAT gateway keeps its address until it is deleted for good.
      await whileRefused(cloud.ground.clock, ["InvalidIPAddress.InUse"], () =>
        cloud.ec2.ReleaseAddress({ AllocationId: id }),
      );
    },
  }),
});
