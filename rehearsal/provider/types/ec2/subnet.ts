import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { flag, text } from "../../schema/leaves.ts";
import { fromTagList } from "../../tagLists.ts";
import { whileRefused } from "../../wait.ts";
import { ec2Retag, specification } from "./tagging.ts";

export const subnet = resourceType({
  token: "aws:ec2/subnet:Subnet",
  title: "EC2 Subnet",
  properties: {
    vpcId: { kind: text, required: true, forceNew: true },
    cidrBlock: { kind: text, required: true, forceNew: true },
    availabilityZone: { kind: text, computed: true, forceNew: true },
    availabilityZoneId: { kind: text, computed: true, forceNew: true },
    mapPublicIpOnLaunch: { kind: flag, default: false },
    assignIpv6AddressOnCreation: { kind: flag, default: false },
  },
  outputs: ["arn", "ownerId"],
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { Subnet } = await cloud.ec2.CreateSubnet({
        ...{ VpcId: inputs.vpcId, CidrBlock: inputs.cidrBlock },
        ...{ AvailabilityZone: inputs.availabilityZone, AvailabilityZoneId: inputs.availabilityZoneId },
        TagSpecifications: specification("subnet", tags),
      });
      const SubnetId = answered(Subnet?.SubnetId, "SubnetId");
      if (inputs.mapPublicIpOnLaunch)
        await cloud.ec2.ModifySubnetAttribute({ SubnetId, MapPublicIpOnLaunch: { Value: true } });
      if (inputs.assignIpv6AddressOnCreation)
        await cloud.ec2.ModifySubnetAttribute({ SubnetId, AssignIpv6AddressOnCreation: { Value: true } });
      return SubnetId;
    },

    async read(id) {
      const answer = await unlessAbsent(/NotFound/, () => cloud.ec2.DescribeSubnets({ SubnetIds: [id] }));
      const found = answer?.Subnets?.[0];
      return (
        found && {
          id,
          properties: {
            ...{ arn: found.SubnetArn, ownerId: found.OwnerId, vpcId: found.VpcId },
            cidrBlock: found.CidrBlock,
            availabilityZone: found.AvailabilityZone,
            availabilityZoneId: found.AvailabilityZoneId,
            mapPublicIpOnLaunch: found.MapPublicIpOnLaunch,
            assignIpv6AddressOnCreation: found.AssignIpv6AddressOnCreation,
            tags: fromTagList(found.Tags),
          },
        }
      );
    },

    async update({ id, inputs, changed }) {
      const Value = (name: "mapPublicIpOnLaunch" | "assignIpv6AddressOnCreation") => ({
        Value: inputs[name],
      });
      if (changed.has("mapPublicIpOnLaunch"))
        await cloud.ec2.ModifySubnetAttribute({
          SubnetId: id,
          MapPublicIpOnLaunch: Value("mapPublicIpOnLaunch"),
        });
      if (changed.has("assignIpv6AddressOnCreation"))
        await cloud.ec2.ModifySubnetAttribute({
          SubnetId: id,
          AssignIpv6AddressOnCreation: Value("assignIpv6AddressOnCreation"),
        });
    },

    retag: ec2Retag(cloud),

    async delete(id) {
      // Interfaces of what was just deleted stay for a moment.
      await whileRefused(cloud.ground.clock, ["DependencyViolation"], () =>
        cloud.ec2.DeleteSubnet({ SubnetId: id }),
      );
    },
  }),
});
