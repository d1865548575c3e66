import type {
  AvailabilityZoneRebalancing,
  DeploymentStrategy,
  PlacementConstraintType,
  PlacementStrategyType,
  PropagateTags,
  UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import type { Values } from "../../schema/kinds.ts";
import type { serviceProperties } from "./serviceProperties.ts";

type Inputs = Values<typeof serviceProperties>;

/** Those fields of a request that both creation and update know, for the properties of `of` that have a value. */
export function serviceFields(inputs: Inputs, of: (name: keyof Inputs) => boolean): UpdateFields {
  const { networkConfiguration: network, loadBalancers } = inputs;
  const fields: UpdateFields = {
    taskDefinition: given("taskDefinition"),
    desiredCount: of("desiredCount") ? (inputs.desiredCount ?? 0) : undefined,
    platformVersion: given("platformVersion"),
    healthCheckGracePeriodSeconds: given("healthCheckGracePeriodSeconds"),
    propagateTags: given("propagateTags") as PropagateTags | undefined,
    enableECSManagedTags: given("enableEcsManagedTags"),
    enableExecuteCommand: given("enableExecuteCommand"),
    availabilityZoneRebalancing: given("availabilityZoneRebalancing") as
      AvailabilityZoneRebalancing | undefined,
    capacityProviderStrategy: mutable(given("capacityProviderStrategies")),
    networkConfiguration:
      of("networkConfiguration") && network
        ? {
            awsvpcConfiguration: {
              subnets: [...network.subnets],
              securityGroups: [...(network.securityGroups ?? [])],
              assignPublicIp: network.assignPublicIp ? "ENABLED" : "DISABLED",
            },
          }
        : undefined,
    loadBalancers:
      of("loadBalancers") && loadBalancers ? loadBalancers.map((one) => ({ ...one })) : undefined,
    placementConstraints: given("placementConstraints")?.map(({ type, expression }) => ({
      ...{ type: type as PlacementConstraintType, expression },
    })),
    placementStrategy: given("orderedPlacementStrategies")?.map(({ type, field }) => ({
      ...{ type: type as PlacementStrategyType, field },
    })),
    deploymentConfiguration: deployment.some(of) ? deploymentConfiguration(inputs) : undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

  function given<Name extends keyof Inputs>(name: Name): Inputs[Name] | undefined {
    return of(name) ? inputs[name] : undefined;
  }
}

export type UpdateFields = Omit<UpdateServiceRequest, "service" | "cluster">;

/** What the real provider has as properties of their own is one structure of ECS, which is written as a whole. */
const deployment = [
  ...(["deploymentMinimumHealthyPercent", "deploymentMaximumPercent", "deploymentCircuitBreaker"] as const),
  ...(["deploymentConfiguration", "alarms"] as const),
];

function deploymentConfiguration(inputs: Inputs): UpdateServiceRequest["deploymentConfiguration"] {
  const { alarms, deploymentCircuitBreaker, deploymentConfiguration: own } = inputs;
  return {
    minimumHealthyPercent: inputs.deploymentMinimumHealthyPercent,
    maximumPercent: inputs.deploymentMaximumPercent,
    ...(deploymentCircuitBreaker && { deploymentCircuitBreaker: { ...deploymentCircuitBreaker } }),
    ...(alarms && { alarms: { ...alarms, alarmNames: [...alarms.alarmNames] } }),
    ...(own?.strategy && { strategy: own.strategy as DeploymentStrategy }),
  };
}

function mutable<Item extends object>(items: readonly Item[] | undefined): Item[] | undefined {
  return items?.map((item) => ({ ...item }));
}
