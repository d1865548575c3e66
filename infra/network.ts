import * as pulumi from "@pulumi/pulumi";
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { getVpcOutput } from "@pulumi/aws/ec2/getVpc.js";
import { Vpc } from "@pulumi/awsx/ec2/vpc.js";
import type { Configuration } from "./configuration.ts";

/** Where the load balancer and the tasks stand. */
export interface Network {
  readonly vpcId: pulumi.Output<string>;
  /** The load balancer's. */
  readonly publicSubnets: pulumi.Output<readonly string[]>;
  /** The tasks'. */
  readonly taskSubnets: pulumi.Output<readonly string[]>;
  /** True where tasks have no other way out than an address of their own. */
  readonly assignPublicIp: boolean;
  /** IPv4 addresses that requests from inside come from, so that they may reach the test listener. */
  readonly natAddresses: readonly pulumi.Output<string>[];
}

/** A VPC of the program's own, or an existing one by its id. */
export function network(prefix: string, configuration: Configuration): Network {
  return configuration.vpcId
    ? existingNetwork(configuration.vpcId, configuration)
    : ownNetwork(prefix, configuration);
}

function existingNetwork(id: string, { publicSubnets, privateSubnets }: Configuration): Network {
  return {
    // Asks AWS, so that a wrong id fails here and not at the fifth resource.
    vpcId: getVpcOutput({ id }).id,
    publicSubnets: pulumi.output(publicSubnets),
    taskSubnets: pulumi.output(privateSubnets),
    assignPublicIp: false,
    natAddresses: [],
  };
}

function ownNetwork(prefix: string, { vpcCidr, zones, nat }: Configuration): Network {
  // The NAT gateways' addresses are resources of their own: known to the program, and they outlive a gateway.
  const count = { none: 0, single: 1, perZone: zones }[nat];
  const addresses = Array.from(
    { length: count },
    (_, index) =>
      new Eip(`nat-${index + 1}`, { domain: "vpc", tags: { Name: `${prefix}-nat-${index + 1}` } }),
  );
  const strategy = ({ none: "None", single: "Single", perZone: "OnePerAz" } as const)[nat];
  const vpc = new Vpc("vpc", {
    cidrBlock: vpcCidr,
    enableDnsHostnames: true,
    numberOfAvailabilityZones: zones,
    subnetStrategy: "Auto",
    subnetSpecs: [{ type: "Public" }, { type: "Private" }],
    natGateways: {
      strategy,
      ...(count > 0 && { elasticIpAllocationIds: addresses.map((address) => address.allocationId) }),
    },
    tags: { Name: prefix },
  });
  return {
    vpcId: vpc.vpcId,
    publicSubnets: vpc.publicSubnetIds,
    taskSubnets: nat === "none" ? vpc.publicSubnetIds : vpc.privateSubnetIds,
    assignPublicIp: nat === "none",
    natAddresses: addresses.map((address) => address.publicIp),
  };
}
