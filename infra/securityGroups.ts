import * as pulumi from "@pulumi/pulumi";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
import type { Configuration } from "./configuration.ts";
import type { Network } from "./network.ts";

export interface SecurityGroups {
  readonly loadBalancer: SecurityGroup;
  readonly tasks: SecurityGroup;
}

/** Customers reach the load balancer's production ports, ourselves its test port, and only the load balancer the tasks. */
export function securityGroups(
  prefix: string,
  network: Network,
  configuration: Configuration,
): SecurityGroups {
  const loadBalancer = new SecurityGroup("load-balancer", {
    name: `${prefix}-load-balancer`,
    description: "Customers on the production ports, ourselves on the test port",
    vpcId: network.vpcId,
  });
  const tasks = new SecurityGroup("tasks", {
    name: `${prefix}-tasks`,
    description: "Only the load balancer",
    vpcId: network.vpcId,
  });

  const { httpPort, httpsPort, testPort, certificate, customerCidrs, testCidrs } = configuration;
  for (const port of certificate ? [httpPort, httpsPort] : [httpPort])
    for (const cidr of customerCidrs) allow(`customers-${port}-${cidr}`, loadBalancer, port, cidr);
  for (const cidr of testCidrs) allow(`test-${cidr}`, loadBalancer, testPort, cidr);
  for (const [index, address] of network.natAddresses.entries())
    allow(`test-nat-${index + 1}`, loadBalancer, testPort, pulumi.interpolate`${address}/32`);

  // All ports, since each release says its own and both colours may differ; but between these two groups only.
  const between = { ipProtocol: "tcp", fromPort: 1, toPort: 65_535 };
  new SecurityGroupEgressRule("load-balancer-to-tasks", {
    ...between,
    securityGroupId: loadBalancer.id,
    referencedSecurityGroupId: tasks.id,
  });
  new SecurityGroupIngressRule("tasks-from-load-balancer", {
    ...between,
    securityGroupId: tasks.id,
    referencedSecurityGroupId: loadBalancer.id,
  });
  // Out to the registry, the logs, the secrets, and whatever the service itself calls.
  new SecurityGroupEgressRule("tasks-out", {
    securityGroupId: tasks.id,
    ipProtocol: "-1",
    cidrIpv4: "0.0.0.0/0",
  });
  return { loadBalancer, tasks };
}

function allow(name: string, group: SecurityGroup, port: number, cidrIpv4: pulumi.Input<string>): void {
  new SecurityGroupIngressRule(name, {
    securityGroupId: group.id,
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
    cidrIpv4,
  });
}
