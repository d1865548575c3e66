import type * as sdk from "@aws-sdk/client-ec2";
import { AwsError } from "../awsError.ts";
import type { Cidr } from "./cidr.ts";
import type { Tags } from "./tags.ts";

/** What all resources of EC2 have. */
export interface Resource {
  readonly id: string;
  readonly type: sdk.ResourceType;
  readonly tags: Tags;
}

export interface Vpc extends Resource {
  readonly cidr: Cidr;
  readonly tenancy: sdk.Tenancy;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  addressUsageMetrics: boolean;
}

export interface Subnet extends Resource {
  readonly vpc: string;
  readonly cidr: Cidr;
  readonly zone: string;
  publicAddresses: boolean;
  /** How many addresses were given out, so that each network interface has its own. */
  given: number;
}

export interface Route {
  readonly destination: string;
  /** `local`, an internet gateway's or a NAT gateway's id. */
  readonly target: string;
  readonly origin: sdk.RouteOrigin;
}

export interface RouteTable extends Resource {
  readonly vpc: string;
  readonly main: boolean;
  readonly routes: Map<string, Route>;
  /** Association id -> subnet's id; the main association has none. */
  readonly associations: Map<string, string | undefined>;
}

export interface InternetGateway extends Resource {
  vpc?: string;
}

export interface Address extends Resource {
  readonly publicIp: string;
  /** The network interface that it is associated with. */
  networkInterface?: string;
  associationId?: string;
}

export interface NetworkInterface extends Resource {
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly privateIp: string;
  readonly description: string;
  readonly interfaceType: sdk.NetworkInterfaceType;
}

export interface NatGateway extends Resource {
  readonly subnet: string;
  readonly connectivity: sdk.ConnectivityType;
  readonly allocation: string | undefined;
  readonly networkInterface: string;
  readonly created: Date;
  state: sdk.NatGatewayState;
  deleted?: Date;
}

export interface SecurityGroup extends Resource {
  readonly name: string;
  readonly description: string;
  readonly vpc: string;
}

export interface NetworkAcl extends Resource {
  readonly vpc: string;
}

export interface SecurityGroupRule extends Resource {
  readonly group: string;
  readonly egress: boolean;
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** Exactly one of these four. */
  readonly peer: Peer;
  readonly description: string | undefined;
}

export type Peer =
  | { readonly cidrIpv4: string }
  | { readonly cidrIpv6: string }
  | { readonly group: string }
  | { readonly prefixList: string };

/** Resources of one kind by id, with EC2's error for an id that is none. */
export class Collection<Item extends Resource> {
  readonly #items = new Map<string, Item>();
  readonly #missing: (id: string) => AwsError;

  constructor(missing: (id: string) => AwsError) {
    this.#missing = missing;
  }

  all(): readonly Item[] {
    return [...this.#items.values()];
  }

  add(item: Item): Item {
    this.#items.set(item.id, item);
    return item;
  }

  find(id: string | undefined): Item {
    const item = this.#items.get(id ?? "");
    if (!item) throw this.#missing(id ?? "");
    return item;
  }

  /** Those of the ids, in their order, or all. */
  some(ids: readonly string[] | undefined): readonly Item[] {
    return ids && ids.length > 0 ? ids.map((id) => this.find(id)) : this.all();
  }

  remove({ id }: Resource): void {
    this.#items.delete(id);
  }
}

/** Everything in this EC2. */
export class State {
  readonly vpcs = collection<Vpc>("InvalidVpcID.NotFound", "vpc ID");
  readonly subnets = collection<Subnet>("InvalidSubnetID.NotFound", "subnet ID");
  readonly routeTables = collection<RouteTable>("InvalidRouteTableID.NotFound", "routeTable ID");
  readonly internetGateways = collection<InternetGateway>(
    "InvalidInternetGatewayID.NotFound",
    "internetGateway ID",
  );
  readonly addresses = collection<Address>("InvalidAllocationID.NotFound", "allocation ID");
  readonly natGateways = new Collection<NatGateway>(
    (id) => new AwsError("NatGatewayNotFound", `The Nat Gateway ${id} was not found`),
  );
  readonly networkInterfaces = collection<NetworkInterface>(
    "InvalidNetworkInterfaceID.NotFound",
    "networkInterface ID",
  );
  readonly networkAcls = collection<NetworkAcl>("InvalidNetworkAclID.NotFound", "networkAcl ID");
  readonly securityGroups = new Collection<SecurityGroup>(
    (id) => new AwsError("InvalidGroup.NotFound", `The security group '${id}' does not exist`),
  );
  readonly securityGroupRules = collection<SecurityGroupRule>(
    "InvalidSecurityGroupRuleId.NotFound",
    "security group rule ID",
  );

  *everything(): Iterable<Resource> {
    yield* this.vpcs.all();
    yield* this.subnets.all();
    yield* this.routeTables.all();
    yield* this.internetGateways.all();
    yield* this.addresses.all();
    yield* this.natGateways.all();
    yield* this.networkInterfaces.all();
    yield* this.networkAcls.all();
    yield* this.securityGroups.all();
    yield* this.securityGroupRules.all();
  }
}

function collection<Item extends Resource>(code: string, kind: string): Collection<Item> {
  return new Collection<Item>((id) => new AwsError(code, `The ${kind} '${id}' does not exist`));
}

/** What stands in the way of a deletion. */
export function dependencyViolation(message: string): AwsError {
  return new AwsError("DependencyViolation", message);
}
