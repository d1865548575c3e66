import type { UpdateServiceRequest } from "@aws-sdk/client-ecs";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimNetwork } from "../../../rehearsal/api/claimNetwork.ts";
import { type Cloud, createCloud } from "../../../rehearsal/cloud/everything.ts";

/** The simulated AWS of a test, and what only tests ask of it. */
export interface TestCloud extends Cloud {
  /** What UpdateService was asked since the beginning, or since a test emptied it. */
  readonly updates: UpdateServiceRequest[];
  /** ARNs of ECS's clusters and services and of ELB's load balancers, listeners and target groups that there are. */
  left(): Promise<readonly string[]>;
}

/** AWS with a folder and a network of its own, and its own delays a thousandth as long. */
export async function testCloud(): Promise<TestCloud> {
  const folder = await mkdtemp(join(tmpdir(), "provider-cloud-"));
  // It only holds the network: nobody talks to it.
  const claim = createServer();
  const network = await claimNetwork(claim);
  const cloud = createCloud({ folder, network, speed: 1000 });
  const updates: UpdateServiceRequest[] = [];
  return {
    ...cloud,
    updates,
    ecs: {
      ...cloud.ecs,
      async UpdateService(input) {
        updates.push(input);
        return cloud.ecs.UpdateService(input);
      },
    },
    left: () => left(cloud),
    async close() {
      await cloud.close();
      claim.close();
      await once(claim, "close");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function left({ ecs, elbv2 }: Cloud): Promise<readonly string[]> {
  const { clusterArns = [] } = await ecs.ListClusters({});
  const services = await Promise.all(clusterArns.map((cluster) => ecs.ListServices({ cluster })));
  const { LoadBalancers = [] } = await elbv2.DescribeLoadBalancers({});
  const listeners = await Promise.all(
    LoadBalancers.map(({ LoadBalancerArn }) => elbv2.DescribeListeners({ LoadBalancerArn })),
  );
  const { TargetGroups = [] } = await elbv2.DescribeTargetGroups({});
  return [
    ...[...clusterArns, ...services.flatMap(({ serviceArns = [] }) => serviceArns)],
    ...LoadBalancers.map(({ LoadBalancerArn = "" }) => LoadBalancerArn),
    ...listeners.flatMap(({ Listeners = [] }) => Listeners.map(({ ListenerArn = "" }) => ListenerArn)),
    ...TargetGroups.map(({ TargetGroupArn = "" }) => TargetGroupArn),
  ];
}
