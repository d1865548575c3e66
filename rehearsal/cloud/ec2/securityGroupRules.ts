import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only } from "../parameters.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import { paged } from "./paged.ts";
import { type Permission, peerOf, portsOf, sameRule, singleRules } from "./permissions.ts";
import type { SecurityGroup, SecurityGroupRule, State } from "./state.ts";
import { specified, tagList } from "./tags.ts";

type RuleOperations = Operations<
  typeof sdk,
  | "AuthorizeSecurityGroupIngress"
  | "AuthorizeSecurityGroupEgress"
  | "RevokeSecurityGroupIngress"
  | "RevokeSecurityGroupEgress"
  | "DescribeSecurityGroupRules"
  | "ModifySecurityGroupRules"
>;

/** What of a security group's request says which rules are meant; the old short form for one rule counts as well. */
interface Request {
  readonly GroupId?: string | undefined;
  readonly IpPermissions?: readonly sdk.IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly TagSpecifications?: readonly sdk.TagSpecification[] | undefined;
  readonly SecurityGroupRuleIds?: readonly string[] | undefined;
}

const known = ["GroupId", "IpPermissions", "IpProtocol", "FromPort", "ToPort", "CidrIp"] as const;

/** The rules of security groups, each with an id of its own. */
export function securityGroupRuleOperations(state: State, { account, region }: Identity): RuleOperations {
  const described = (rule: SecurityGroupRule): sdk.SecurityGroupRule => ({
    ...{ SecurityGroupRuleId: rule.id, GroupId: rule.group, GroupOwnerId: account, IsEgress: rule.egress },
    ...{ IpProtocol: rule.protocol, FromPort: rule.from, ToPort: rule.to, Description: rule.description },
    ...("cidrIpv4" in rule.peer && { CidrIpv4: rule.peer.cidrIpv4 }),
    ...("cidrIpv6" in rule.peer && { CidrIpv6: rule.peer.cidrIpv6 }),
    ...("prefixList" in rule.peer && { PrefixListId: rule.peer.prefixList }),
    ...("group" in rule.peer && {
      ReferencedGroupInfo: { GroupId: rule.peer.group, UserId: account },
    }),
    SecurityGroupRuleArn: `arn:aws:ec2:${region}:${account}:security-group-rule/${rule.id}`,
    Tags: tagList(rule.tags),
  });

  function authorize(request: Request, egress: "in" | "out") {
    const group = state.securityGroups.find(request.GroupId);
    const tags = specified(request.TagSpecifications, "security-group-rule");
    const wanted = singleRules(state, permissionsIn(request));
    for (const [index, rule] of wanted.entries())
      if (
        find(state, group, egress, rule) ||
        wanted.slice(0, index).some((earlier) => sameRule(earlier, rule))
      )
        throw new AwsError(
          "InvalidPermission.Duplicate",
          `the specified rule "peer: ${Object.values(rule.peer).join()}, ${rule.protocol}, from port: ${rule.from}, to port: ${rule.to}, ALLOW" already exists`,
        );
    const made = wanted.map((rule) =>
      state.securityGroupRules.add({
        ...{ id: newId("sgr"), type: "security-group-rule", tags: new Map(tags) },
        ...{ group: group.id, egress: egress === "out", ...rule },
      }),
    );
    return { Return: true, SecurityGroupRules: made.map(described) };
  }

  function revoke(request: Request, egress: "in" | "out") {
    const group = state.securityGroups.find(request.GroupId);
    const rules = request.SecurityGroupRuleIds
      ? request.SecurityGroupRuleIds.map((id) => state.securityGroupRules.find(id))
      : singleRules(state, permissionsIn(request)).map((rule) => {
          const found = find(state, group, egress, rule);
          if (!found)
            throw new AwsError(
              "InvalidPermission.NotFound",
              "The specified rule does not exist in this security group.",
            );
          return found;
        });
    for (const rule of rules) {
      if (rule.group !== group.id || rule.egress !== (egress === "out"))
        throw new AwsError(
          "InvalidSecurityGroupRuleId.NotFound",
          `The security group rule ID '${rule.id}' does not exist in ${group.id}`,
        );
      state.securityGroupRules.remove(rule);
    }
    return { Return: true, UnknownIpPermissions: [] };
  }

  return atOnce<RuleOperations>({
    AuthorizeSecurityGroupIngress(input) {
      only("AuthorizeSecurityGroupIngress", input, [...known, "TagSpecifications"]);
      return authorize(input, "in");
    },
    AuthorizeSecurityGroupEgress(input) {
      only("AuthorizeSecurityGroupEgress", input, [...known, "TagSpecifications"]);
      return authorize(input, "out");
    },
    RevokeSecurityGroupIngress(input) {
      only("RevokeSecurityGroupIngress", input, [...known, "SecurityGroupRuleIds"]);
      return revoke(input, "in");
    },
    RevokeSecurityGroupEgress(input) {
      only("RevokeSecurityGroupEgress", input, [...known, "SecurityGroupRuleIds"]);
      return revoke(input, "out");
    },

    DescribeSecurityGroupRules(input) {
      only("DescribeSecurityGroupRules", input, [
        ...(["Filters", "SecurityGroupRuleIds", "NextToken", "MaxResults"] as const),
      ]);
      const found = state.securityGroupRules
        .some(input.SecurityGroupRuleIds)
        .filter((rule) =>
          matches(input.Filters, { "group-id": rule.group, "security-group-rule-id": rule.id }, rule.tags),
        );
      const { items, next } = paged(found, input);
      return { SecurityGroupRules: items.map(described), NextToken: next };
    },

    ModifySecurityGroupRules(input) {
      only("ModifySecurityGroupRules", input, ["GroupId", "SecurityGroupRules"]);
      const group = state.securityGroups.find(input.GroupId);
      const changed = (input.SecurityGroupRules ?? []).map(({ SecurityGroupRuleId, SecurityGroupRule }) => {
        const rule = state.securityGroupRules.find(SecurityGroupRuleId);
        const next = SecurityGroupRule ?? {};
        const permission = {
          ...{ ...portsOf(next), peer: peerOf(state, next), description: next.Description },
        };
        const twin = find(state, group, rule.egress ? "out" : "in", permission);
        if (twin && twin !== rule)
          throw new AwsError("InvalidPermission.Duplicate", "the specified rule already exists");
        return { ...rule, ...permission };
      });
      for (const rule of changed) state.securityGroupRules.add(rule);
      return { Return: true };
    },
  });
}

function permissionsIn({ IpPermissions, IpProtocol, FromPort, ToPort, CidrIp }: Request) {
  if (IpPermissions) return IpPermissions;
  return [
    {
      ...(IpProtocol !== undefined && { IpProtocol }),
      ...(FromPort !== undefined && { FromPort }),
      ...(ToPort !== undefined && { ToPort }),
      ...(CidrIp !== undefined && { IpRanges: [{ CidrIp }] }),
    },
  ];
}

function find(
  state: State,
  { id }: SecurityGroup,
  egress: "in" | "out",
  wanted: Permission,
): SecurityGroupRule | undefined {
  return state.securityGroupRules
    .all()
    .find((rule) => rule.group === id && rule.egress === (egress === "out") && sameRule(rule, wanted));
}
