import type { Bag } from "../resourceType.ts";
import type { Monitor, Registered } from "./monitor.ts";
import { layOut, type Subnet } from "./subnetLayout.ts";
import { SubnetChildren, type Zonal } from "./subnetChildren.ts";
import { assertNat, type VpcArguments, vpcArguments } from "./vpcArguments.ts";

/** What is told of the component besides its arguments. */
export interface Asked {
  readonly name: string;
  readonly inputs: Bag;
  /** URNs that the arguments come from, by argument. */
  readonly from: ReadonlyMap<string, readonly string[]>;
}

/** Everything that belongs to the component. */
export interface MadeVpc {
  readonly vpc: Registered;
  readonly internetGateway: Registered;
  readonly zonal: readonly Zonal[];
  readonly layout: readonly Bag[];
}

/**
 * Registers what awsx's `ec2.Vpc` (3.9, strategy Auto) makes, by the same types, names, parents and properties, so that a
 * stack that was rehearsed looks as it will in AWS. Source: pulumi-awsx, awsx/ec2/vpc.ts.
 */
export async function makeVpc(monitor: Monitor, component: string, asked: Asked): Promise<MadeVpc> {
  const { name } = asked;
  const args = vpcArguments(asked.inputs);
  const zones = args.availabilityZoneNames ?? (await firstZones(monitor, args.numberOfAvailabilityZones));
  const subnets = layOut({
    vpcName: name,
    ...{ cidrBlock: args.cidrBlock, zones, specs: args.subnetSpecs },
    zoneBits: args.availabilityZoneCidrMask,
  });
  assertNat(
    args,
    subnets.map(({ spec }) => spec.type),
    zones.length,
  );

  const region = args.region === undefined ? {} : { region: args.region };
  const tags = { Name: name, ...args.tags };
  const fromTags = asked.from.get("tags") ?? [];
  const vpc = await monitor.resource({
    ...{ type: "aws:ec2/vpc:Vpc", name, parent: component },
    inputs: { ...region, ...args.own, cidrBlock: args.cidrBlock, tags },
    from: { tags: fromTags },
  });
  const internetGateway = monitor.resource({
    ...{ type: "aws:ec2/internetGateway:InternetGateway", name, parent: vpc.urn },
    inputs: { ...region, vpcId: vpc.id, tags },
    from: { vpcId: [vpc.urn], tags: fromTags },
    dependencies: [vpc.urn],
  });
  const children = new SubnetChildren(monitor, {
    ...{ name, args, region, tags, vpc, internetGateway },
    fromTags,
    fromAllocations: asked.from.get("natGateways") ?? [],
  });
  const made = subnets
    .filter(({ spec }) => spec.type !== "Unused")
    .sort(publicFirst)
    .map((subnet) => children.make(subnet));
  const [gateway, zonal] = await Promise.all([internetGateway, Promise.all(made)]);
  return {
    vpc,
    internetGateway: gateway,
    zonal,
    layout: resolved(args, subnets, zones.length),
  };
}

async function firstZones(monitor: Monitor, count: number): Promise<readonly string[]> {
  const answer = await monitor.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {});
  const names = answer["names"] as readonly string[];
  if (names.length < count)
    throw new Error(
      `The configured region for this provider does not have at least ${count} Availability Zones. Either specify an explicit list of zones in availabilityZoneNames or choose a region with at least ${count} AZs.`,
    );
  return names.slice(0, count);
}

/** By zone, and in each zone the public ones first, since they hold the NAT gateways that private ones route to. */
function publicFirst(a: Subnet, b: Subnet): number {
  const order = ["public", "private", "isolated"];
  const rank = ({ spec }: Subnet) => order.indexOf(spec.type.toLowerCase());
  return a.zoneIndex - b.zoneIndex || rank(a) - rank(b);
}

/** One zone's layout, as `subnetLayout` shows it. */
function resolved({ subnetSpecs }: VpcArguments, subnets: readonly Subnet[], zones: number): readonly Bag[] {
  return subnets.slice(0, subnets.length / zones).map(({ spec, cidrBlock }) => {
    const { type, name, cidrBlocks } = spec;
    const cidrMask = subnetSpecs ? spec.cidrMask : Number(cidrBlock.split("/")[1]);
    const size = cidrMask === undefined || !subnetSpecs ? undefined : 2 ** (32 - cidrMask);
    return { type, name, cidrMask, size, cidrBlocks };
  });
}
