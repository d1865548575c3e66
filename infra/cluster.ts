import * as ecs from "@pulumi/aws/ecs/index.js";
import type { Configuration } from "./configuration.ts";

/** The ECS cluster of both colours. */
export function cluster(prefix: string, { containerInsights, spot }: Configuration): ecs.Cluster {
  const made = new ecs.Cluster("cluster", {
    name: prefix,
    settings: [{ name: "containerInsights", value: containerInsights }],
  });
  if (spot)
    new ecs.ClusterCapacityProviders("capacity", {
      clusterName: made.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    });
  return made;
}
