import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";
import { fromTagList } from "../../tagLists.ts";
import { whileRefused } from "../../wait.ts";
import { ec2Retag, specification } from "./tagging.ts";

export const internetGateway = resourceType({
  token: "aws:ec2/internetGateway:InternetGateway",
  title: "EC2 Internet Gateway",
  properties: { vpcId: { kind: text, computed: true } },
  outputs: ["arn", "ownerId"],
  operations: (cloud) => {
    const { ec2, ground } = cloud;
    const detach = (InternetGatewayId: string, VpcId: string) =>
      // Public addresses in the VPC go away one by one.
      whileRefused(ground.clock, ["DependencyViolation"], () =>
        unlessAbsent(/NotAttached|NotFound/, () => ec2.DetachInternetGateway({ InternetGatewayId, VpcId })),
      );
    return {
      async create(inputs, tags) {
        const { InternetGateway } = await ec2.CreateInternetGateway({
          TagSpecifications: specification("internet-gateway", tags),
        });
        const InternetGatewayId = answered(InternetGateway?.InternetGatewayId, "InternetGatewayId");
        if (inputs.vpcId) await ec2.AttachInternetGateway({ InternetGatewayId, VpcId: inputs.vpcId });
        return InternetGatewayId;
      },

      async read(id) {
        const answer = await unlessAbsent(/NotFound/, () =>
          ec2.DescribeInternetGateways({ InternetGatewayIds: [id] }),
        );
        const found = answer?.InternetGateways?.[0];
        return (
          found && {
            id,
            properties: {
              arn: `arn:aws:ec2:${ground.identity.region}:${found.OwnerId}:internet-gateway/${id}`,
              ...{ ownerId: found.OwnerId, vpcId: found.Attachments?.[0]?.VpcId ?? "" },
              tags: fromTagList(found.Tags),
            },
          }
        );
      },

      async update({ id, known, inputs }) {
        if (typeof known["vpcId"] === "string" && known["vpcId"] !== "") await detach(id, known["vpcId"]);
        if (inputs.vpcId) await ec2.AttachInternetGateway({ InternetGatewayId: id, VpcId: inputs.vpcId });
      },

      retag: ec2Retag(cloud),

      async delete(id, known) {
        if (typeof known["vpcId"] === "string" && known["vpcId"] !== "") await detach(id, known["vpcId"]);
        await ec2.DeleteInternetGateway({ InternetGatewayId: id });
      },
    };
  },
});
