import type { Service } from "@aws-sdk/client-ecs";
import type { Bag } from "../../resourceType.ts";
import { fromSmallTagList } from "../../tagLists.ts";

/** A service as the program's properties. */
export function serviceRead(service: Service): Bag {
  const { deploymentConfiguration: deployment, networkConfiguration: network } = service;
  const own = network?.awsvpcConfiguration;
  return {
    ...{ arn: service.serviceArn, name: service.serviceName, cluster: service.clusterArn },
    ...{ taskDefinition: service.taskDefinition ?? "", desiredCount: service.desiredCount ?? 0 },
    ...{ launchType: service.launchType ?? "", platformVersion: service.platformVersion ?? "" },
    schedulingStrategy: service.schedulingStrategy ?? "REPLICA",
    capacityProviderStrategies: (service.capacityProviderStrategy ?? []).map((one) => ({
      ...{ capacityProvider: one.capacityProvider, weight: one.weight ?? 0, base: one.base ?? 0 },
    })),
    deploymentController: { type: service.deploymentController?.type ?? "ECS" },
    ...(own && {
      networkConfiguration: {
        ...{ subnets: own.subnets ?? [], securityGroups: own.securityGroups ?? [] },
        assignPublicIp: own.assignPublicIp === "ENABLED",
      },
    }),
    loadBalancers: (service.loadBalancers ?? []).map((one) => ({
      ...{ targetGroupArn: one.targetGroupArn, containerName: one.containerName },
      containerPort: one.containerPort,
    })),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds ?? 0,
    deploymentMinimumHealthyPercent: deployment?.minimumHealthyPercent ?? 100,
    deploymentMaximumPercent: deployment?.maximumPercent ?? 200,
    deploymentCircuitBreaker: {
      enable: deployment?.deploymentCircuitBreaker?.enable ?? false,
      rollback: deployment?.deploymentCircuitBreaker?.rollback ?? false,
    },
    deploymentConfiguration: { strategy: deployment?.strategy ?? "ROLLING" },
    ...(deployment?.alarms?.alarmNames?.length && {
      alarms: {
        ...{ alarmNames: deployment.alarms.alarmNames, enable: deployment.alarms.enable },
        rollback: deployment.alarms.rollback,
      },
    }),
    availabilityZoneRebalancing: service.availabilityZoneRebalancing ?? "",
    placementConstraints: service.placementConstraints ?? [],
    orderedPlacementStrategies: service.placementStrategy ?? [],
    propagateTags: service.propagateTags ?? "NONE",
    enableEcsManagedTags: service.enableECSManagedTags ?? false,
    enableExecuteCommand: service.enableExecuteCommand ?? false,
    iamRole: service.roleArn ?? "",
    tags: fromSmallTagList(service.tags),
  };
}
