import type { Bag } from "../resourceType.ts";
import type { Monitor, Registered } from "./monitor.ts";
import type { Subnet } from "./subnetLayout.ts";
import type { VpcArguments } from "./vpcArguments.ts";

/** A subnet with all that belongs to it. */
export interface Zonal {
  readonly type: string;
  readonly subnet: Registered;
  readonly routeTable: Registered;
  readonly association: Registered;
  readonly route: Registered | undefined;
  readonly natGateway: Registered | undefined;
  readonly address: Registered | undefined;
}

interface Around {
  readonly name: string;
  readonly args: VpcArguments;
  readonly region: Bag;
  readonly tags: Bag;
  readonly vpc: Registered;
  readonly internetGateway: Promise<Registered>;
  readonly fromTags: readonly string[];
  readonly fromAllocations: readonly string[];
}

/** Registers subnets and their children. Each waits only for what it names, so that independent ones go side by side. */
export class SubnetChildren {
  readonly #monitor: Monitor;
  readonly #around: Around;
  /** By zone; with a single one it is in the first place. */
  readonly #natGateways: Promise<Registered>[] = [];

  constructor(monitor: Monitor, around: Around) {
    this.#monitor = monitor;
    this.#around = around;
  }

  /** To be called in the order of zones, public subnets first. */
  make(subnet: Subnet): Promise<Zonal> {
    const type = subnet.spec.type.toLowerCase();
    const made = this.#subnet(subnet);
    const nat = type === "public" ? this.#nat(subnet, made) : undefined;
    if (nat) {
      const natGateway = nat.then((gateway) => gateway.natGateway);
      // Each is waited for later, or never when something else failed first: then that is the error to tell.
      for (const waited of [nat, natGateway]) waited.catch(() => {});
      this.#natGateways.push(natGateway);
    }
    return this.#complete(subnet, { type, made, nat });
  }

  async #complete(
    subnet: Subnet,
    given: {
      readonly type: string;
      readonly made: Promise<Registered>;
      readonly nat: Promise<Gateway> | undefined;
    },
  ): Promise<Zonal> {
    const { type, nat } = given;
    const made = await given.made;
    const { region, tags, vpc, fromTags } = this.#around;
    const routeTable = await this.#monitor.resource({
      ...{ type: "aws:ec2/routeTable:RouteTable", name: subnet.name, parent: made.urn },
      inputs: {
        ...{ ...region, vpcId: vpc.id },
        tags: { ...tags, Name: this.#nameTag(subnet), SubnetType: subnet.spec.type },
      },
      from: { vpcId: [vpc.urn], tags: fromTags },
      dependencies: [made.urn],
    });
    const [association, route] = await Promise.all([
      this.#monitor.resource({
        type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
        ...{ name: subnet.name, parent: routeTable.urn },
        inputs: { ...region, routeTableId: routeTable.id, subnetId: made.id },
        from: { routeTableId: [routeTable.urn], subnetId: [made.urn] },
        dependencies: [routeTable.urn],
      }),
      this.#route(subnet, type, routeTable),
    ]);
    const gateway = await nat;
    return {
      ...{ type, subnet: made, routeTable, association, route },
      ...{ natGateway: gateway?.natGateway, address: gateway?.address },
    };
  }

  #subnet(subnet: Subnet): Promise<Registered> {
    const { region, tags, vpc, fromTags } = this.#around;
    const { spec } = subnet;
    return this.#monitor.resource({
      ...{ type: "aws:ec2/subnet:Subnet", name: subnet.name, parent: vpc.urn },
      inputs: {
        ...{ ...region, vpcId: vpc.id, availabilityZone: subnet.zone, cidrBlock: subnet.cidrBlock },
        mapPublicIpOnLaunch: spec.type.toLowerCase() === "public",
        assignIpv6AddressOnCreation: false,
        tags: { ...tags, ...spec.tags, Name: this.#nameTag(subnet), SubnetType: spec.type },
      },
      from: { vpcId: [vpc.urn], tags: fromTags },
      dependencies: [vpc.urn],
    });
  }

  async #route(subnet: Subnet, type: string, table: Registered): Promise<Registered | undefined> {
    const natGateway = this.#natGateways[this.#around.args.nat === "single" ? 0 : subnet.zoneIndex];
    const target =
      type === "public" ? this.#around.internetGateway : type === "private" ? natGateway : undefined;
    if (!target) return undefined;
    const property = type === "public" ? "gatewayId" : "natGatewayId";
    const { id, urn } = await target;
    return this.#monitor.resource({
      ...{ type: "aws:ec2/route:Route", name: subnet.name, parent: table.urn },
      inputs: {
        ...{ ...this.#around.region, routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0" },
        [property]: id,
      },
      from: { routeTableId: [table.urn], [property]: [urn] },
      dependencies: [table.urn],
    });
  }

  /** The gateway of a public subnet, with its address, where the strategy wants one here. */
  #nat({ zoneIndex }: Subnet, subnet: Promise<Registered>): Promise<Gateway> | undefined {
    const { nat } = this.#around.args;
    const isWanted = nat === "single" ? zoneIndex === 0 : nat === "oneperaz";
    // A second public subnet of the zone has no gateway of its own.
    return isWanted && this.#natGateways.length === zoneIndex ? this.#gateway(zoneIndex, subnet) : undefined;
  }

  async #gateway(zoneIndex: number, made: Promise<Registered>): Promise<Gateway> {
    const subnet = await made;
    const { args, name, region, fromTags, fromAllocations } = this.#around;
    const own = { name: `${name}-${zoneIndex + 1}`, parent: subnet.urn };
    const tags = { ...args.tags, Name: own.name };
    const address =
      args.allocations.length > 0
        ? undefined
        : await this.#monitor.resource({
            ...{ type: "aws:ec2/eip:Eip", ...own, inputs: { ...region, tags }, from: { tags: fromTags } },
            dependencies: [subnet.urn],
          });
    const natGateway = await this.#monitor.resource({
      ...{ type: "aws:ec2/natGateway:NatGateway", ...own },
      inputs: {
        ...{ ...region, subnetId: subnet.id, tags },
        allocationId: address ? address.outputs["allocationId"] : args.allocations[zoneIndex],
      },
      from: {
        ...{ subnetId: [subnet.urn], tags: fromTags },
        allocationId: address ? [address.urn] : fromAllocations,
      },
      dependencies: [subnet.urn],
    });
    return { natGateway, address };
  }

  /** With the strategy AvailabilityZone the tag ends with the zone: `vpc-public-1a`. */
  #nameTag({ name, zone }: Subnet): string {
    if (this.#around.args.subnetNameTagStrategy !== "AvailabilityZone") return name;
    return name.replace(/\d+$/, zone.replace(/^[a-z]{2}(?:-[a-z]+)+-/, ""));
  }
}

interface Gateway {
  readonly natGateway: Registered;
  readonly address: Registered | undefined;
}
