import type * as sdk from "@aws-sdk/client-ecs";
import { only, required } from "../parameters.ts";
import { newDeployment } from "./deployments.ts";
import { Events } from "./events.ts";
import { invalid } from "./refusals.ts";
import { checkTargetGroups, isSame, revisionOf } from "./revision.ts";
import { Scheduler } from "./scheduler.ts";
import {
  checkedCount,
  checkGrace,
  controllerOf,
  refuseUnrehearsed,
  type ServiceParts,
} from "./serviceInput.ts";
import { type Kept, primary, type Service } from "./services.ts";
import { settingsOf } from "./serviceSettings.ts";
import { tagMap } from "./tags.ts";
import type { TaskSets } from "./taskSets.ts";

/** CreateService: the service begins to work towards its count at once. The same request twice makes one service. */
export function createService(
  parts: ServiceParts,
  { schedulers, taskSets }: { readonly schedulers: Map<Kept, Scheduler>; readonly taskSets: TaskSets },
): (input: sdk.CreateServiceRequest) => Promise<Service> {
  const { clusters, definitions, services, elbv2, scheduling } = parts;
  const { clock } = parts.ground;

  return async ({ tags, ...input }) => {
    only("CreateService", input, [
      ...(["cluster", "serviceName", "taskDefinition", "availabilityZoneRebalancing"] as const),
      ...(["loadBalancers", "serviceRegistries", "desiredCount", "clientToken", "launchType"] as const),
      ...(["capacityProviderStrategy", "platformVersion", "role", "deploymentConfiguration"] as const),
      ...(["placementConstraints", "placementStrategy", "networkConfiguration"] as const),
      ...(["healthCheckGracePeriodSeconds", "schedulingStrategy", "deploymentController"] as const),
      ...(["enableECSManagedTags", "propagateTags", "enableExecuteCommand"] as const),
    ]);
    refuseUnrehearsed(input);
    const cluster = clusters.find(input.cluster);
    const name = checkedName(input.serviceName);
    const taskDefinition = definitions.usable(
      required(input.taskDefinition, "taskDefinition", "InvalidParameterException"),
    );
    const settings = {
      ...settingsOf(input),
      ...(input.role !== undefined && { role: input.role }),
    };
    const controller = controllerOf(input);
    if (controller === "CODE_DEPLOY" && settings.circuitBreaker.enable)
      throw invalid("The deployment circuit breaker is only supported with the ECS deployment controller.");
    const revision = revisionOf(input, { cluster, taskDefinition });
    checkGrace(input.healthCheckGracePeriodSeconds, revision);
    const desiredCount = checkedCount(
      required(input.desiredCount, "desiredCount", "InvalidParameterException"),
    );
    const serviceTags = tagMap(tags);
    await checkTargetGroups(elbv2, revision);

    const former = services.get(cluster, name);
    if (former?.status === "DRAINING") throw invalid("Unable to Start a service that is still Draining.");
    if (former?.status === "ACTIVE") {
      if (!isSame(primary(former).revision, revision) || former.desiredCount !== desiredCount)
        throw invalid("Creation of service was not idempotent.");
      return former;
    }
    const service: Service = {
      ...{
        controller,
        taskSets: [],
        name,
        cluster,
        arn: services.arn(cluster, name),
        createdAt: clock.now(),
      },
      ...{ status: "ACTIVE", desiredCount, settings, tags: serviceTags },
      deployments: [newDeployment(revision, clock.now())],
      events: new Events(name, () => clock.now()),
    };
    services.add(service);
    if (controller === "ECS") schedulers.set(service, new Scheduler(service, scheduling));
    else taskSets.makePrimary(taskSets.create(service, { revision, scale: 100, tags: new Map() }));
    return service;
  };
}

function checkedName(name: string | undefined): string {
  if (!name || !/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw invalid(
      "Service name invalid. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.",
    );
  return name;
}
