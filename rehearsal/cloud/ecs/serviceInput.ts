import type * as sdk from "@aws-sdk/client-ecs";
import type { Ground } from "../cloud.ts";
import type { Clusters } from "./clusters.ts";
import { client, invalid, notRehearsed } from "./refusals.ts";
import type { TargetOperations } from "./registration.ts";
import type { SchedulerParts } from "./scheduler.ts";
import type { Revision, Service, Services } from "./services.ts";
import type { TaskDefinitions } from "./taskDefinitions.ts";

export interface ServiceParts {
  readonly ground: Ground;
  readonly clusters: Clusters;
  readonly definitions: TaskDefinitions;
  readonly services: Services;
  readonly elbv2: TargetOperations;
  readonly scheduling: SchedulerParts;
}

export function refuseUnrehearsed(input: sdk.CreateServiceRequest | sdk.UpdateServiceRequest): void {
  if (input.serviceRegistries?.length) throw notRehearsed("service discovery (serviceRegistries)");
  if (input.placementConstraints?.length || input.placementStrategy?.length)
    throw client("Placement constraints and strategies are not supported with FARGATE launch type.");
  if ("schedulingStrategy" in input && (input.schedulingStrategy ?? "REPLICA") !== "REPLICA")
    throw notRehearsed(`the scheduling strategy ${input.schedulingStrategy}`);
}

/** Who deploys to a new service. An external controller would be somebody's own program. */
export function controllerOf({ deploymentController }: sdk.CreateServiceRequest): Service["controller"] {
  const type = deploymentController?.type ?? "ECS";
  if (type === "ECS" || type === "CODE_DEPLOY") return type;
  throw notRehearsed(`the deployment controller ${type}`);
}

export function checkedCount(count: number): number {
  if (!Number.isInteger(count) || count < 0) throw invalid("Desired count can not be negative.");
  return count;
}

export function checkGrace(seconds: number | undefined, { loadBalancers }: Revision): void {
  if (seconds !== undefined && loadBalancers.length === 0)
    throw invalid("Health check grace period is only valid for services configured to use load balancers");
}
