import type { IpPermission } from "@aws-sdk/client-ec2";
import { block } from "../../schema/block.ts";
import { setOf } from "../../schema/collections.ts";
import { type Kind, type Values, whole } from "../../schema/kinds.ts";
import { count, flag, text } from "../../schema/leaves.ts";
import { hasUnknown } from "../../schema/unknown.ts";

const rule = {
  protocol: { kind: text, required: true },
  fromPort: { kind: count, required: true },
  toPort: { kind: count, required: true },
  cidrBlocks: { kind: setOf(text) },
  ipv6CidrBlocks: { kind: setOf(text) },
  prefixListIds: { kind: setOf(text) },
  securityGroups: { kind: setOf(text) },
  self: { kind: flag, default: false },
  description: { kind: text },
} as const;

/** Rules that stand in a security group's own properties. */
export type Rules = readonly Values<typeof rule>[];

const list = setOf(block(rule));

/** A program may group ranges otherwise than AWS does, so that single rules are compared. */
export const inlineRules: Kind<Rules> = {
  accept: (value, path, wrong) => list.accept(value, path, wrong),
  differences: (wanted, actual, path) => (isSame(wanted, actual) ? [] : whole(wanted, actual, path)),
  inWordsOf: (wanted, actual) => (wanted && isSame(wanted, actual) ? wanted : actual),
};

/** Each range and group of rules as a permission of its own; `own` is the group that they are of. */
export function singlePermissions(rules: Rules, own: string): readonly IpPermission[] {
  return rules.flatMap((one) => {
    const Description = one.description === "" ? undefined : one.description;
    const ports = {
      IpProtocol: protocolOf(one.protocol),
      ...(protocolOf(one.protocol) !== "-1" && { FromPort: one.fromPort, ToPort: one.toPort }),
    };
    const groups = [...(one.securityGroups ?? []), ...(one.self ? [own] : [])];
    return [
      ...(one.cidrBlocks ?? []).map((CidrIp) => ({ IpRanges: [{ CidrIp, Description }] })),
      ...(one.ipv6CidrBlocks ?? []).map((CidrIpv6) => ({ Ipv6Ranges: [{ CidrIpv6, Description }] })),
      ...(one.prefixListIds ?? []).map((PrefixListId) => ({
        PrefixListIds: [{ PrefixListId, Description }],
      })),
      ...groups.map((GroupId) => ({ UserIdGroupPairs: [{ GroupId, Description }] })),
    ].map((peer) => ({ ...ports, ...peer }));
  });
}

/** AWS's permissions as the program writes them: a rule for each description, as only one fits in. */
export function rulesOf(permissions: readonly IpPermission[] | undefined, own: string): Rules {
  return (permissions ?? []).flatMap((one): Rules => {
    const peers = [
      ...(one.IpRanges ?? []).map(({ CidrIp, Description }) => ({ cidrBlocks: CidrIp, Description })),
      ...(one.Ipv6Ranges ?? []).map((range) => ({
        ...{ ipv6CidrBlocks: range.CidrIpv6, Description: range.Description },
      })),
      ...(one.PrefixListIds ?? []).map((prefix) => ({
        ...{ prefixListIds: prefix.PrefixListId, Description: prefix.Description },
      })),
      ...(one.UserIdGroupPairs ?? []).map(({ GroupId, Description }) =>
        GroupId === own ? { self: true, Description } : { securityGroups: GroupId, Description },
      ),
    ];
    const byDescription = Map.groupBy(peers, ({ Description = "" }) => Description);
    return [...byDescription].map(([description, same]) => {
      const all = (name: string) =>
        same
          .map((peer) => (peer as Record<string, string | undefined>)[name])
          .filter((id) => id !== undefined);
      return {
        ...{ protocol: one.IpProtocol ?? "-1", fromPort: one.FromPort ?? 0, toPort: one.ToPort ?? 0 },
        ...{ cidrBlocks: all("cidrBlocks"), ipv6CidrBlocks: all("ipv6CidrBlocks") },
        ...{ prefixListIds: all("prefixListIds"), securityGroups: all("securityGroups") },
        self: same.some((peer) => "self" in peer),
        description,
      };
    });
  });
}

/** Those of `of` that `without` has not. */
export function missing(of: readonly IpPermission[], without: readonly IpPermission[]): IpPermission[] {
  const known = new Set(without.map((one) => JSON.stringify(one)));
  return of.filter((one) => !known.has(JSON.stringify(one)));
}

function isSame(wanted: Rules | undefined, actual: Rules | undefined): boolean {
  if (hasUnknown(wanted)) return false;
  const [a, b] = [wanted, actual].map((rules) => singlePermissions(rules ?? [], "self"));
  return missing(a ?? [], b ?? []).length === 0 && missing(b ?? [], a ?? []).length === 0;
}

/** Names and numbers mean the same. */
function protocolOf(protocol: string): string {
  const names: Record<string, string> = { all: "-1", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };
  const small = protocol.toLowerCase();
  return names[small] ?? small;
}
