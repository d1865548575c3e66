import type { IpPermission } from "@aws-sdk/client-ec2";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType, type ResourceType } from "../../resourceType.ts";
import { count, spelled, text } from "../../schema/leaves.ts";
import type { Values } from "../../schema/kinds.ts";
import { fromTagList } from "../../tagLists.ts";
import { ec2Retag, specification } from "./tagging.ts";

const properties = {
  securityGroupId: { kind: text, required: true, forceNew: true },
  ipProtocol: { kind: spelled(sameProtocol), required: true },
  fromPort: { kind: count },
  toPort: { kind: count },
  cidrIpv4: { kind: text },
  cidrIpv6: { kind: text },
  prefixListId: { kind: text },
  referencedSecurityGroupId: { kind: text },
  description: { kind: text },
} as const;

type Inputs = Values<typeof properties>;

export const securityGroupIngressRule = ruleType("Ingress");
export const securityGroupEgressRule = ruleType("Egress");

/** One rule of a security group as a resource of its own. */
function ruleType(direction: "Ingress" | "Egress"): ResourceType {
  const isEgress = direction === "Egress";
  return resourceType({
    token: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
    title: `VPC Security Group ${direction} Rule`,
    properties,
    outputs: ["arn", "securityGroupRuleId"],
    operations: (cloud) => ({
      async create(inputs, tags) {
        const request = {
          ...{ GroupId: inputs.securityGroupId, IpPermissions: [permission(inputs)] },
          TagSpecifications: specification("security-group-rule", tags),
        };
        const { SecurityGroupRules } = isEgress
          ? await cloud.ec2.AuthorizeSecurityGroupEgress(request)
          : await cloud.ec2.AuthorizeSecurityGroupIngress(request);
        return answered(SecurityGroupRules?.[0]?.SecurityGroupRuleId, "SecurityGroupRuleId");
      },

      async read(id) {
        const answer = await unlessAbsent(/NotFound/, () =>
          cloud.ec2.DescribeSecurityGroupRules({ SecurityGroupRuleIds: [id] }),
        );
        const found = answer?.SecurityGroupRules?.[0];
        if (!found || found.IsEgress !== isEgress) return undefined;
        // All protocols means all ports: AWS answers -1 where the program says nothing.
        const ports = found.IpProtocol === "-1" ? {} : { fromPort: found.FromPort, toPort: found.ToPort };
        return {
          id,
          properties: {
            ...{ arn: found.SecurityGroupRuleArn, securityGroupRuleId: id, securityGroupId: found.GroupId },
            ...{ ipProtocol: found.IpProtocol, ...ports, description: found.Description },
            ...{ cidrIpv4: found.CidrIpv4, cidrIpv6: found.CidrIpv6, prefixListId: found.PrefixListId },
            referencedSecurityGroupId: found.ReferencedGroupInfo?.GroupId,
            tags: fromTagList(found.Tags),
          },
        };
      },

      async update({ id, inputs }) {
        await cloud.ec2.ModifySecurityGroupRules({
          GroupId: inputs.securityGroupId,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: id,
              SecurityGroupRule: {
                ...{ IpProtocol: inputs.ipProtocol, FromPort: inputs.fromPort, ToPort: inputs.toPort },
                ...{ CidrIpv4: inputs.cidrIpv4, CidrIpv6: inputs.cidrIpv6 },
                ...{ PrefixListId: inputs.prefixListId, Description: inputs.description },
                ReferencedGroupId: inputs.referencedSecurityGroupId,
              },
            },
          ],
        });
      },

      retag: ec2Retag(cloud),

      async delete(id, known) {
        const request = { GroupId: known["securityGroupId"] as string, SecurityGroupRuleIds: [id] };
        await unlessAbsent(/NotFound/, () =>
          isEgress
            ? cloud.ec2.RevokeSecurityGroupEgress(request)
            : cloud.ec2.RevokeSecurityGroupIngress(request),
        );
      },
    }),
  });
}

function permission(inputs: Inputs): IpPermission {
  const Description = inputs.description;
  return {
    ...{ IpProtocol: inputs.ipProtocol, FromPort: inputs.fromPort, ToPort: inputs.toPort },
    ...(inputs.cidrIpv4 !== undefined && { IpRanges: [{ CidrIp: inputs.cidrIpv4, Description }] }),
    ...(inputs.cidrIpv6 !== undefined && { Ipv6Ranges: [{ CidrIpv6: inputs.cidrIpv6, Description }] }),
    ...(inputs.prefixListId !== undefined && {
      PrefixListIds: [{ PrefixListId: inputs.prefixListId, Description }],
    }),
    ...(inputs.referencedSecurityGroupId !== undefined && {
      UserIdGroupPairs: [{ GroupId: inputs.referencedSecurityGroupId, Description }],
    }),
  };
}

function sameProtocol(wanted: string, actual: string): boolean {
  const names: Record<string, string> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", all: "-1" };
  const named = (protocol: string) => names[protocol.toLowerCase()] ?? protocol.toLowerCase();
  return named(wanted) === named(actual);
}
