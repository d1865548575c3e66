import { Cluster } from "@pulumi/aws/ecs/cluster.js";
import { ClusterCapacityProviders } from "@pulumi/aws/ecs/clusterCapacityProviders.js";
import type { Configuration } from "./configuration.ts";

/** The ECS cluster of both colours. */
export function cluster(prefix: string, { containerInsights, spot }: Configuration): Cluster {
  const made = new Cluster("cluster", {
    name: prefix,
    settings: [{ name: "containerInsights", value: containerInsights }],
  });
  if (spot)
    new ClusterCapacityProviders("capacity", {
      clusterName: made.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    });
  return made;
}
