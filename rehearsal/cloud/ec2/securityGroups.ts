import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { only, required } from "../parameters.ts";
import { matches } from "./filters.ts";
import { newId } from "./ids.ts";
import { paged } from "./paged.ts";
import { permissionsOf } from "./permissions.ts";
import { dependencyViolation, type SecurityGroup, type State } from "./state.ts";
import { specified, tagList } from "./tags.ts";

type GroupOperations = Operations<
  typeof sdk,
  "CreateSecurityGroup" | "DescribeSecurityGroups" | "DeleteSecurityGroup"
>;

/** Security groups. What they allow is kept, not enforced: on the loopback all can reach all. */
export function securityGroupOperations(state: State, { region, account }: Identity): GroupOperations {
  const arn = (id: string) => `arn:aws:ec2:${region}:${account}:security-group/${id}`;

  return atOnce<GroupOperations>({
    CreateSecurityGroup(input) {
      only("CreateSecurityGroup", input, ["GroupName", "Description", "VpcId", "TagSpecifications"]);
      const name = required(input.GroupName, "GroupName", "MissingParameter");
      const description = required(input.Description, "GroupDescription", "MissingParameter");
      // Without one AWS takes the account's default VPC; a rehearsal has none.
      if (input.VpcId === undefined) throw new AwsError("VPCIdNotSpecified", "No default VPC for this user");
      const vpc = state.vpcs.find(input.VpcId);
      if (name.startsWith("sg-"))
        throw new AwsError("InvalidParameterValue", "Invalid group name: it must not start with sg-");
      if (state.securityGroups.all().some((other) => other.vpc === vpc.id && other.name === name))
        throw new AwsError(
          "InvalidGroup.Duplicate",
          `The security group '${name}' already exists for VPC '${vpc.id}'`,
        );
      const group = state.securityGroups.add({
        ...{ id: newId("sg"), type: "security-group", name, description, vpc: vpc.id },
        tags: specified(input.TagSpecifications, "security-group"),
      });
      allowAllOut(state, group.id);
      return { GroupId: group.id, SecurityGroupArn: arn(group.id), Tags: tagList(group.tags) };
    },

    DescribeSecurityGroups(input) {
      only("DescribeSecurityGroups", input, [
        ...(["Filters", "GroupIds", "GroupNames", "NextToken", "MaxResults"] as const),
      ]);
      const found = state.securityGroups.some(input.GroupIds).filter(
        (group) =>
          (input.GroupNames?.includes(group.name) ?? true) &&
          matches(
            input.Filters,
            {
              ...{ "group-id": group.id, "group-name": group.name, "vpc-id": group.vpc },
              ...{ description: group.description, "owner-id": account },
            },
            group.tags,
          ),
      );
      const { items, next } = paged(found, input);
      return {
        SecurityGroups: items.map((group) => ({
          ...{ GroupId: group.id, GroupName: group.name, Description: group.description },
          ...{ VpcId: group.vpc, OwnerId: account, SecurityGroupArn: arn(group.id) },
          IpPermissions: permissionsOf(rulesOf(state, group, "ingress"), account),
          IpPermissionsEgress: permissionsOf(rulesOf(state, group, "egress"), account),
          Tags: tagList(group.tags),
        })),
        NextToken: next,
      };
    },

    DeleteSecurityGroup({ GroupId }) {
      const group = state.securityGroups.find(required(GroupId, "groupId", "MissingParameter"));
      if (group.name === "default")
        throw new AwsError(
          "CannotDelete",
          `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
        );
      const inUse =
        state.networkInterfaces.all().some(({ groups }) => groups.includes(group.id)) ||
        state.securityGroupRules
          .all()
          .some(({ group: id, peer }) => id !== group.id && "group" in peer && peer.group === group.id);
      if (inUse) throw dependencyViolation(`resource ${group.id} has a dependent object`);
      for (const rule of state.securityGroupRules.all())
        if (rule.group === group.id) state.securityGroupRules.remove(rule);
      state.securityGroups.remove(group);
      return { Return: true, GroupId: group.id };
    },
  });
}

/** The group that comes with a VPC: its members may talk to each other, and out. */
export function addDefaultGroup(state: State, vpc: string): void {
  const { id } = state.securityGroups.add({
    ...{ id: newId("sg"), type: "security-group", tags: new Map(), vpc },
    ...{ name: "default", description: "default VPC security group" },
  });
  state.securityGroupRules.add({
    ...{ id: newId("sgr"), type: "security-group-rule", tags: new Map(), group: id, egress: false },
    ...{ protocol: "-1", from: -1, to: -1, peer: { group: id }, description: undefined },
  });
  allowAllOut(state, id);
}

function allowAllOut(state: State, group: string): void {
  state.securityGroupRules.add({
    ...{ id: newId("sgr"), type: "security-group-rule", tags: new Map(), group, egress: true },
    ...{ protocol: "-1", from: -1, to: -1, peer: { cidrIpv4: "0.0.0.0/0" }, description: undefined },
  });
}

function rulesOf(state: State, group: SecurityGroup, direction: "ingress" | "egress") {
  return state.securityGroupRules
    .all()
    .filter((rule) => rule.group === group.id && rule.egress === (direction === "egress"));
}
