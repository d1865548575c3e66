import { type Block, blockAt, nextBlock, parseBlock, sizeOf, writeBlock } from "./cidr.ts";

export type SubnetType = "Public" | "Private" | "Isolated" | "Unused";

/** A kind of subnet that every zone has, as the program asks for it. */
export interface SubnetSpec {
  readonly type: SubnetType;
  readonly name?: string | undefined;
  /** Bits of the netmask. Without it a zone's range is divided evenly. */
  readonly cidrMask?: number | undefined;
  /** Addresses, in place of the mask. */
  readonly size?: number | undefined;
  /** A block for each zone, in place of all arithmetic. */
  readonly cidrBlocks?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, unknown>> | undefined;
}

/** A subnet to make. */
export interface Subnet {
  readonly spec: SubnetSpec;
  readonly name: string;
  readonly zone: string;
  /** Counts from 0. */
  readonly zoneIndex: number;
  readonly cidrBlock: string;
}

export interface Layout {
  readonly vpcName: string;
  readonly cidrBlock: string;
  readonly zones: readonly string[];
  readonly specs: readonly SubnetSpec[] | undefined;
  readonly zoneBits: number | undefined;
}

/**
 * The subnets of awsx's strategy Auto: the VPC's range is divided evenly between the zones, and in each zone the subnets
 * stand in the order of the specs. Source: pulumi-awsx, awsx/ec2/subnetDistributorNew.ts.
 */
export function layOut({ vpcName, cidrBlock, zones, specs: asked, zoneBits }: Layout): readonly Subnet[] {
  const vpc = parseBlock(cidrBlock);
  const bits = zoneBits ?? vpc.bits + bitsFor(zones.length);
  const specs = normal(asked ?? standardSpecs(bits), zones.length);
  if (specs.length === 0) throw new Error("No subnets specified");

  const subnetBits = bits + bitsFor(specs.length);
  const isExplicit = specs.some((spec) => spec.cidrBlocks !== undefined);
  if (!isExplicit) assertFits(specs, bits, subnetBits);
  return zones.flatMap((zone, zoneIndex) => {
    let before: Block | undefined;
    return specs.map((spec): Subnet => {
      const name = `${vpcName}-${spec.name ?? spec.type.toLowerCase()}-${zoneIndex + 1}`;
      if (isExplicit)
        return { ...{ spec, name, zone, zoneIndex, cidrBlock: spec.cidrBlocks?.[zoneIndex] ?? "" } };
      const own = spec.cidrMask ?? subnetBits;
      const block: Block = before
        ? nextBlock(before, own)
        : blockAt(vpc.first + zoneIndex * sizeOf({ first: 0, bits }), own);
      before = block;
      return { ...{ spec, name, zone, zoneIndex, cidrBlock: writeBlock(block) } };
    });
  });
}

function bitsFor(parts: number): number {
  return parts === 0 ? 0 : Math.ceil(Math.log2(parts));
}

/** Half of a zone private, a quarter public, and at most those of a /16. */
function standardSpecs(zoneBits: number): readonly SubnetSpec[] {
  if (zoneBits > 26)
    throw new Error(
      `Automatic subnet creation requires a VPC with at least /26 available per AZ, but only /${zoneBits} is available.`,
    );
  const bits = Math.max(zoneBits, 16);
  return [
    { type: "Private", cidrMask: bits + 1 },
    { type: "Public", cidrMask: bits + 2 },
  ];
}

/** Sizes become masks; contradictions are refused. */
function normal(specs: readonly SubnetSpec[], zones: number): readonly SubnetSpec[] {
  const issues: string[] = [];
  for (const [type, same] of Map.groupBy(specs, (spec) => spec.type.toLowerCase()))
    if (new Set(same.map(({ name }) => name)).size < same.length)
      issues.push(`Multiple subnet specs of type "${type}" require unique names.`);
  const isExplicit = specs.some(({ cidrBlocks }) => cidrBlocks !== undefined);
  const normalised = specs.map((spec, index): SubnetSpec => {
    if (isExplicit) {
      if (spec.cidrBlocks === undefined)
        issues.push("If any subnet spec has explicit cidrBlocks, all subnets must have explicit cidrBlocks.");
      else if (spec.cidrBlocks.length !== zones)
        issues.push(
          `The number of CIDR blocks in subnetSpecs[${index}] must match the number of availability zones (${zones}).`,
        );
      return spec;
    }
    if (spec.size === undefined) return spec;
    const mask = 32 - Math.log2(spec.size);
    if (!Number.isInteger(mask) || mask < 0 || mask > 30)
      issues.push(`The following subnet sizes are invalid: ${spec.size}.`);
    else if (spec.cidrMask !== undefined && spec.cidrMask !== mask)
      issues.push(
        `Subnet size ${spec.size} does not match the expected size for a /${spec.cidrMask} subnet (${2 ** (32 - spec.cidrMask)}).`,
      );
    return { ...spec, cidrMask: mask };
  });
  if (issues.length > 0) throw new Error(`Invalid subnet specifications:\n - ${issues.join("\n - ")}`);
  return normalised;
}

function assertFits(specs: readonly SubnetSpec[], zoneBits: number, subnetBits: number): void {
  const size = (bits: number) => sizeOf({ first: 0, bits });
  const needed = specs.reduce((sum, { cidrMask }) => sum + size(cidrMask ?? subnetBits), 0);
  if (needed > size(zoneBits))
    throw new Error(
      `Subnets are too large for VPC. VPC has ${size(zoneBits)} addresses, but subnets require ${needed} addresses.`,
    );
}
