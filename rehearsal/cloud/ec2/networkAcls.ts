import type * as sdk from "@aws-sdk/client-ec2";
import type { Identity } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { only } from "../parameters.ts";
import { matches } from "./filters.ts";
import { paged } from "./paged.ts";
import type { State } from "./state.ts";
import { tagList } from "./tags.ts";

type AclOperations = Operations<typeof sdk, "DescribeNetworkAcls">;

/** Each VPC's default network ACL, which allows all; there are no others. */
export function networkAclOperations(state: State, { account }: Identity): AclOperations {
  return atOnce<AclOperations>({
    DescribeNetworkAcls(input) {
      only("DescribeNetworkAcls", input, ["Filters", "NetworkAclIds", "NextToken", "MaxResults"]);
      const found = state.networkAcls
        .some(input.NetworkAclIds)
        .filter(({ id, vpc, tags }) =>
          matches(
            input.Filters,
            { "network-acl-id": id, "vpc-id": vpc, default: "true", "owner-id": account },
            tags,
          ),
        );
      const { items, next } = paged(found, input);
      const allow = (Egress: boolean) => ({
        ...{ CidrBlock: "0.0.0.0/0", Egress, Protocol: "-1", RuleAction: "allow", RuleNumber: 100 },
      });
      return {
        NetworkAcls: items.map(({ id, vpc, tags }) => ({
          ...{ NetworkAclId: id, VpcId: vpc, IsDefault: true, OwnerId: account, Tags: tagList(tags) },
          Entries: [allow(true), allow(false)].map((entry) => ({ ...entry, RuleAction: "allow" as const })),
          Associations: state.subnets
            .all()
            .filter((subnet) => subnet.vpc === vpc)
            .map((subnet) => ({
              NetworkAclAssociationId: subnet.id.replace("subnet-", "aclassoc-"),
              ...{ NetworkAclId: id, SubnetId: subnet.id },
            })),
        })),
        NextToken: next,
      };
    },
  });
}
