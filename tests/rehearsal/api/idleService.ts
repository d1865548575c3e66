import type { Cloud } from "../../../rehearsal/cloud/everything.ts";

/** An ECS service `shop/idle` without tasks; the answer is its resource id for Application Auto Scaling. */
export async function idleService({ ec2, ecs }: Cloud): Promise<string> {
  const { Vpc } = await ec2.CreateVpc({ CidrBlock: "10.9.0.0/16" });
  const { Subnet } = await ec2.CreateSubnet({ VpcId: Vpc?.VpcId, CidrBlock: "10.9.0.0/24" });
  await ecs.CreateCluster({ clusterName: "shop" });
  await ecs.RegisterTaskDefinition({
    ...{ family: "idle", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
    ...{ cpu: "256", memory: "512", containerDefinitions: [{ name: "shop", image: "shop:1" }] },
  });
  await ecs.CreateService({
    ...{
      cluster: "shop",
      serviceName: "idle",
      taskDefinition: "idle",
      desiredCount: 0,
      launchType: "FARGATE",
    },
    networkConfiguration: { awsvpcConfiguration: { subnets: [Subnet?.SubnetId ?? ""] } },
  });
  return "service/shop/idle";
}
