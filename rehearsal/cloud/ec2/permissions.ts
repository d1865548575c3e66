import type * as sdk from "@aws-sdk/client-ec2";
import { AwsError } from "../awsError.ts";
import { required } from "../parameters.ts";
import { parseCidr } from "./cidr.ts";
import type { Peer, SecurityGroupRule, State } from "./state.ts";

/** One rule as a request describes it. */
export type Permission = Pick<SecurityGroupRule, "protocol" | "from" | "to" | "peer" | "description">;

/** A request's IpPermissions as single rules: each range and group of a permission is a rule of its own. */
export function singleRules(state: State, permissions: readonly sdk.IpPermission[]): Permission[] {
  return permissions.flatMap((permission) => {
    const ports = portsOf(permission);
    const rules = [
      ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => ({
        ...{ ...ports, peer: { cidrIpv4: validCidr(CidrIp) }, description: Description },
      })),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({
        ...{ ...ports, description: Description },
        peer: { cidrIpv6: required(CidrIpv6, "CidrIpv6", "MissingParameter") },
      })),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, Description }) => ({
        ...{ ...ports, peer: { group: state.securityGroups.find(GroupId).id }, description: Description },
      })),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) => ({
        ...{ ...ports, description: Description },
        peer: { prefixList: required(PrefixListId, "PrefixListId", "MissingParameter") },
      })),
    ];
    if (rules.length === 0)
      throw new AwsError("MissingParameter", "A permission needs a source or a destination");
    return rules;
  });
}

/** Rules in the form of DescribeSecurityGroups: those of the same ports are one permission. */
export function permissionsOf(rules: readonly SecurityGroupRule[], account: string): sdk.IpPermission[] {
  const groups = Map.groupBy(rules, ({ protocol, from, to }) => `${protocol} ${from} ${to}`);
  return [...groups.values()].map((same) => {
    const [{ protocol = "-1", from = -1, to = -1 } = {}] = same;
    return {
      IpProtocol: protocol,
      ...(protocol !== "-1" && { FromPort: from, ToPort: to }),
      IpRanges: same.flatMap(({ peer, description }) =>
        "cidrIpv4" in peer ? [{ CidrIp: peer.cidrIpv4, Description: description }] : [],
      ),
      Ipv6Ranges: same.flatMap(({ peer, description }) =>
        "cidrIpv6" in peer ? [{ CidrIpv6: peer.cidrIpv6, Description: description }] : [],
      ),
      PrefixListIds: same.flatMap(({ peer, description }) =>
        "prefixList" in peer ? [{ PrefixListId: peer.prefixList, Description: description }] : [],
      ),
      UserIdGroupPairs: same.flatMap(({ peer, description }) =>
        "group" in peer ? [{ GroupId: peer.group, UserId: account, Description: description }] : [],
      ),
    };
  });
}

export function sameRule(a: Permission, b: Permission): boolean {
  return (
    a.protocol === b.protocol &&
    a.from === b.from &&
    a.to === b.to &&
    JSON.stringify(a.peer) === JSON.stringify(b.peer)
  );
}

/** The peer of a request that names one rule (ModifySecurityGroupRules). */
export function peerOf(
  state: State,
  {
    CidrIpv4,
    CidrIpv6,
    ReferencedGroupId,
    PrefixListId,
  }: Pick<sdk.SecurityGroupRuleRequest, "CidrIpv4" | "CidrIpv6" | "ReferencedGroupId" | "PrefixListId">,
): Peer {
  if (CidrIpv4 !== undefined) return { cidrIpv4: validCidr(CidrIpv4) };
  if (CidrIpv6 !== undefined) return { cidrIpv6: CidrIpv6 };
  if (PrefixListId !== undefined) return { prefixList: PrefixListId };
  return { group: state.securityGroups.find(ReferencedGroupId).id };
}

/** EC2 knows protocols by name or number, and answers with the name where there is one. */
export function portsOf({ IpProtocol, FromPort, ToPort }: sdk.IpPermission) {
  const names: Record<string, string> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };
  const protocol = required(IpProtocol, "IpProtocol", "MissingParameter").toLowerCase();
  // All protocols means all ports.
  if (protocol === "-1" || protocol === "all") return { protocol: "-1", from: -1, to: -1 };
  const from = FromPort ?? -1;
  const to = ToPort ?? -1;
  if (["tcp", "udp", "6", "17"].includes(protocol) && (from < 0 || to > 65_535 || from > to))
    throw new AwsError("InvalidParameterValue", `Invalid value '${from}-${to}' for portRange`);
  return { protocol: names[protocol] ?? protocol, from, to };
}

function validCidr(text: string | undefined): string {
  const cidr = parseCidr(required(text, "CidrIp", "MissingParameter"));
  if (!cidr) throw new AwsError("InvalidParameterValue", `CIDR block ${text} is malformed`);
  return cidr.text;
}
