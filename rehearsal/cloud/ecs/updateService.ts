import type * as sdk from "@aws-sdk/client-ecs";
import { only, required } from "../parameters.ts";
import { newDeployment } from "./deployments.ts";
import { inactiveDefinition, invalid, serviceNotFound } from "./refusals.ts";
import { checkTargetGroups, isSame, revisionOf } from "./revision.ts";
import type { Scheduler } from "./scheduler.ts";
import { checkedCount, checkGrace, refuseUnrehearsed, type ServiceParts } from "./serviceInput.ts";
import { type Kept, primary, type Service } from "./services.ts";
import { settingsOf } from "./serviceSettings.ts";
import type { TaskSets } from "./taskSets.ts";

/** UpdateService: a count or a setting is taken over as it is, what tasks are started from by a deployment. */
export function updateService(
  parts: ServiceParts,
  {
    schedulers,
    taskSets,
  }: { readonly schedulers: ReadonlyMap<Kept, Scheduler>; readonly taskSets: TaskSets },
): (input: sdk.UpdateServiceRequest) => Promise<Service> {
  const { clusters, definitions, services, elbv2 } = parts;
  const { clock } = parts.ground;

  return async (input) => {
    only("UpdateService", input, [
      ...(["cluster", "service", "desiredCount", "taskDefinition", "capacityProviderStrategy"] as const),
      ...(["deploymentConfiguration", "availabilityZoneRebalancing", "networkConfiguration"] as const),
      ...(["placementConstraints", "placementStrategy", "platformVersion", "forceNewDeployment"] as const),
      ...(["healthCheckGracePeriodSeconds", "deploymentController", "enableExecuteCommand"] as const),
      ...(["enableECSManagedTags", "loadBalancers", "propagateTags", "serviceRegistries"] as const),
    ]);
    refuseUnrehearsed(input);
    const cluster = clusters.find(input.cluster);
    const name = required(input.service, "service", "InvalidParameterException");
    const { loadBalancers } = input;
    const service = services.active(cluster, name);
    refuseControllers(service, input);
    if (loadBalancers) await checkTargetGroups(elbv2, { loadBalancers });
    // From here on nothing waits. Somebody may have deleted it while the load balancer was asked.
    if (services.active(cluster, name) !== service) throw serviceNotFound();

    const former = primary(service).revision;
    const taskDefinition =
      input.taskDefinition === undefined ? former.taskDefinition : definitions.usable(input.taskDefinition);
    const strategy = input.capacityProviderStrategy;
    const revision = revisionOf(
      {
        ...(strategy?.length
          ? { capacityProviderStrategy: strategy }
          : {
              launchType: former.launchType,
              capacityProviderStrategy: former.capacityProviderStrategy,
            }),
        platformVersion: input.platformVersion ?? former.platformVersion,
        networkConfiguration: input.networkConfiguration ?? former.network,
        loadBalancers: loadBalancers ?? former.loadBalancers,
      },
      { cluster, taskDefinition },
    );
    if (
      input.forceNewDeployment !== true &&
      !isSame(revision, {
        ...revision,
        launchType: former.launchType,
        capacityProviderStrategy: former.capacityProviderStrategy,
      })
    )
      throw invalid(
        "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.",
      );
    const settings = settingsOf(input, service.settings);
    const desiredCount = checkedCount(input.desiredCount ?? service.desiredCount);
    checkGrace(input.healthCheckGracePeriodSeconds, revision);
    const isNew = input.forceNewDeployment === true || !isSame(revision, former);
    // A service goes on with a revision that is INACTIVE; a deployment needs one that is ACTIVE.
    if (isNew && taskDefinition.status !== "ACTIVE") throw inactiveDefinition();
    const isScaled = desiredCount !== service.desiredCount;
    service.settings = settings;
    service.desiredCount = desiredCount;
    if (isNew) service.deployments = [newDeployment(revision, clock.now()), ...service.deployments];
    else primary(service).updatedAt = clock.now();
    if (isNew || isScaled) schedulers.get(service)?.startAfresh();
    if (isScaled) for (const set of service.taskSets) taskSets.wake(set);
    return service;
  };
}

/** What is deployed belongs to CodeDeploy where that is the controller; and a controller is for life. */
function refuseControllers({ controller }: Service, input: sdk.UpdateServiceRequest): void {
  if (input.deploymentController && input.deploymentController.type !== controller)
    throw invalid("The deployment controller of a service can't be changed to another type.");
  if (controller === "ECS") return;
  const refused = {
    "update task definition": input.taskDefinition,
    "update network parameters": input.networkConfiguration,
    "update load balancers": input.loadBalancers,
    "update platform version": input.platformVersion,
    "update capacity provider strategy": input.capacityProviderStrategy,
    "force a new deployment": input.forceNewDeployment || undefined,
  };
  for (const [what, value] of Object.entries(refused))
    if (value !== undefined)
      throw invalid(
        `Unable to ${what} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.`,
      );
}
