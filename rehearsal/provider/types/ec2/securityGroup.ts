import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import type { ProviderCloud } from "../../providerCloud.ts";
import { resourceType } from "../../resourceType.ts";
import { flag, text } from "../../schema/leaves.ts";
import { fromTagList } from "../../tagLists.ts";
import { whileRefused } from "../../wait.ts";
import { inlineRules, missing, type Rules, rulesOf, singlePermissions } from "./permissions.ts";
import { ec2Retag, specification } from "./tagging.ts";

export const securityGroup = resourceType({
  token: "aws:ec2/securityGroup:SecurityGroup",
  title: "EC2 Security Group",
  properties: {
    name: { kind: text, required: true, forceNew: true },
    description: { kind: text, default: "Managed by Pulumi", forceNew: true },
    vpcId: { kind: text, computed: true, forceNew: true },
    ingress: { kind: inlineRules, computed: true },
    egress: { kind: inlineRules, computed: true },
    revokeRulesOnDelete: { kind: flag, default: false, local: true },
  },
  outputs: ["arn", "ownerId"],
  autoname: { longest: 255 },
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { GroupId } = await cloud.ec2.CreateSecurityGroup({
        ...{ GroupName: inputs.name, Description: inputs.description, VpcId: inputs.vpcId },
        TagSpecifications: specification("security-group", tags),
      });
      const id = answered(GroupId, "GroupId");
      // AWS lets a new group reach everything; the real provider takes that away.
      const found = await describe(cloud, id);
      await authorize(cloud, "ingress", { id, wanted: inputs.ingress ?? [], actual: [] });
      const actual = rulesOf(found?.IpPermissionsEgress, id);
      await authorize(cloud, "egress", { id, wanted: inputs.egress ?? [], actual });
      return id;
    },

    async read(id) {
      const found = await describe(cloud, id);
      return (
        found && {
          id,
          properties: {
            ...{ arn: found.SecurityGroupArn, ownerId: found.OwnerId, vpcId: found.VpcId },
            ...{ name: found.GroupName, description: found.Description },
            ingress: rulesOf(found.IpPermissions, id),
            egress: rulesOf(found.IpPermissionsEgress, id),
            tags: fromTagList(found.Tags),
          },
        }
      );
    },

    async update({ id, inputs, changed }) {
      const found = await describe(cloud, id);
      if (changed.has("ingress")) {
        const actual = rulesOf(found?.IpPermissions, id);
        await authorize(cloud, "ingress", { id, wanted: inputs.ingress ?? [], actual });
      }
      if (changed.has("egress")) {
        const actual = rulesOf(found?.IpPermissionsEgress, id);
        await authorize(cloud, "egress", { id, wanted: inputs.egress ?? [], actual });
      }
    },

    retag: ec2Retag(cloud),

    async delete(id) {
      await whileRefused(cloud.ground.clock, ["DependencyViolation"], () =>
        cloud.ec2.DeleteSecurityGroup({ GroupId: id }),
      );
    },
  }),
});

async function describe({ ec2 }: ProviderCloud, id: string) {
  const answer = await unlessAbsent(/NotFound/, () => ec2.DescribeSecurityGroups({ GroupIds: [id] }));
  return answer?.SecurityGroups?.[0];
}

/** Makes the rules that are wanted the rules that are there. */
async function authorize(
  { ec2 }: ProviderCloud,
  direction: "ingress" | "egress",
  { id, wanted, actual }: { readonly id: string; readonly wanted: Rules; readonly actual: Rules },
): Promise<void> {
  const [want, have] = [singlePermissions(wanted, id), singlePermissions(actual, id)];
  const revoked = { GroupId: id, IpPermissions: missing(have, want) };
  const added = { GroupId: id, IpPermissions: missing(want, have) };
  const isIngress = direction === "ingress";
  if (revoked.IpPermissions.length > 0)
    await (isIngress ? ec2.RevokeSecurityGroupIngress(revoked) : ec2.RevokeSecurityGroupEgress(revoked));
  if (added.IpPermissions.length > 0)
    await (isIngress ? ec2.AuthorizeSecurityGroupIngress(added) : ec2.AuthorizeSecurityGroupEgress(added));
}
