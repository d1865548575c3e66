import type { Bag } from "../resourceType.ts";
import { NotSimulated } from "../rpc/failure.ts";
import { opened, openedMap } from "./secrets.ts";
import type { SubnetSpec } from "./subnetLayout.ts";

/** What the program asks of `awsx.ec2.Vpc`. */
export interface VpcArguments {
  readonly cidrBlock: string;
  readonly availabilityZoneNames: readonly string[] | undefined;
  readonly numberOfAvailabilityZones: number;
  readonly availabilityZoneCidrMask: number | undefined;
  readonly subnetSpecs: readonly SubnetSpec[] | undefined;
  readonly subnetNameTagStrategy: string;
  readonly nat: NatStrategy;
  /** Allocations of addresses for the NAT gateways; without any, each gateway gets an address of its own. */
  readonly allocations: readonly unknown[];
  readonly tags: Bag;
  readonly region: unknown;
  /** What goes to the VPC itself as it is. */
  readonly own: Bag;
}

export type NatStrategy = "none" | "single" | "oneperaz";

const own = ["enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics", "instanceTenancy"];
const known = [
  ...own,
  ...["availabilityZoneCidrMask", "availabilityZoneNames", "cidrBlock", "natGateways", "region", "tags"],
  ...["numberOfAvailabilityZones", "subnetNameTagStrategy", "subnetSpecs", "subnetStrategy"],
];

/** @throws NotSimulated for what is not known here, and awsx's own refusals of what contradicts itself. */
export function vpcArguments(inputs: Bag): VpcArguments {
  const given = Object.fromEntries(
    Object.entries(inputs)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, name === "tags" ? openedMap(value) : opened(value)]),
  );
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new NotSimulated(
      `awsx:ec2:Vpc: ${unknown.join(", ")} is not simulated here; known are ${known.join(", ")}.`,
    );
  if (given["subnetStrategy"] !== "Auto")
    throw new NotSimulated(
      `awsx:ec2:Vpc: subnetStrategy ${JSON.stringify(given["subnetStrategy"] ?? "Legacy")} is not simulated here; set it to Auto.`,
    );
  const { availabilityZoneNames, numberOfAvailabilityZones } = given;
  if (availabilityZoneNames && numberOfAvailabilityZones)
    throw new Error("Only one of [availabilityZoneNames] and [numberOfAvailabilityZones] can be specified");
  const gateways = (given["natGateways"] ?? {}) as {
    readonly strategy?: string;
    readonly elasticIpAllocationIds?: readonly unknown[];
  };
  return {
    cidrBlock: (given["cidrBlock"] ?? "10.0.0.0/16") as string,
    availabilityZoneNames: availabilityZoneNames as readonly string[] | undefined,
    numberOfAvailabilityZones: (numberOfAvailabilityZones ?? 3) as number,
    availabilityZoneCidrMask: given["availabilityZoneCidrMask"] as number | undefined,
    subnetSpecs: given["subnetSpecs"] as readonly SubnetSpec[] | undefined,
    subnetNameTagStrategy: (given["subnetNameTagStrategy"] ?? "Legacy") as string,
    nat: natStrategy(gateways.strategy ?? "OnePerAz"),
    allocations: gateways.elasticIpAllocationIds ?? [],
    tags: (given["tags"] ?? {}) as Bag,
    region: given["region"],
    own: Object.fromEntries(Object.entries(given).filter(([name]) => own.includes(name))),
  };
}

/** awsx's own checks of what the NAT gateways need. Source: pulumi-awsx, awsx/ec2/vpc.ts. */
export function assertNat(
  { nat, allocations }: Pick<VpcArguments, "nat" | "allocations">,
  types: readonly string[],
  zones: number,
): void {
  const has = (...wanted: readonly string[]) => types.some((type) => wanted.includes(type.toLowerCase()));
  if (nat === "none" && allocations.length > 0)
    throw new Error("Elastic IP allocation IDs cannot be specified when NAT Gateway strategy is 'None'.");
  if (nat === "single" && allocations.length > 1)
    throw new Error("Exactly one Elastic IP may be specified when NAT Gateway strategy is 'Single'.");
  if (nat === "oneperaz" && allocations.length > 0 && allocations.length !== zones)
    throw new Error(
      `The number of Elastic IPs, if specified, must match the number of availability zones for the VPC (${zones}) when NAT Gateway strategy is 'OnePerAz'`,
    );
  if (nat !== "none" && !(has("public") && has("private", "isolated")))
    throw new Error(
      "If NAT Gateway strategy is 'OnePerAz' or 'Single', public subnets must be declared to host the NAT Gateway resource, along with private or isolated subnets to route through it.",
    );
}

function natStrategy(name: string): NatStrategy {
  const small = name.toLowerCase();
  if (small === "none" || small === "single" || small === "oneperaz") return small;
  throw new Error(`Unknown NatGatewayStrategy '${name}'`);
}
