import type * as sdk from "@aws-sdk/client-ecs";
import type { Identity } from "../cloud.ts";
import { type Deployment, primary, type Revision, type Service } from "./services.ts";
import { tagList } from "./tags.ts";
import type { TaskSet } from "./taskSet.ts";
import { isPending, isRunning, type Task } from "./tasks.ts";

/** A service as DescribeServices answers it; `tasks` are its own. */
export function describedService(
  service: Service,
  tasks: readonly Task[],
  {
    identity,
    include = [],
  }: { readonly identity: Identity; readonly include?: readonly string[] | undefined },
): sdk.Service {
  const { settings } = service;
  const { revision } = primary(service);
  const principal = `arn:aws:iam::${identity.account}`;
  return {
    ...{ serviceArn: service.arn, serviceName: service.name, clusterArn: service.cluster.arn },
    ...{ status: service.status, desiredCount: service.desiredCount, createdAt: service.createdAt },
    ...counts(tasks),
    ...described(revision),
    loadBalancers: [...revision.loadBalancers],
    serviceRegistries: [],
    deploymentConfiguration: {
      deploymentCircuitBreaker: settings.circuitBreaker,
      maximumPercent: settings.maximumPercent,
      minimumHealthyPercent: settings.minimumHealthyPercent,
      ...(settings.alarms && { alarms: settings.alarms }),
      strategy: "ROLLING",
      bakeTimeInMinutes: 0,
    },
    ...(service.controller === "CODE_DEPLOY" && {
      taskSets: service.taskSets.map((set) => describedTaskSet(set, tasks)),
    }),
    deployments:
      service.status === "INACTIVE" || service.controller !== "ECS"
        ? []
        : service.deployments.map((one) => describedDeployment(one, service, tasks)),
    roleArn: settings.role ?? `${principal}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: [...service.events.list],
    ...{ placementConstraints: [], placementStrategy: [] },
    ...(settings.healthCheckGracePeriodSeconds !== undefined
      ? { healthCheckGracePeriodSeconds: settings.healthCheckGracePeriodSeconds }
      : revision.loadBalancers.length > 0 && { healthCheckGracePeriodSeconds: 0 }),
    schedulingStrategy: "REPLICA",
    deploymentController: { type: service.controller },
    createdBy: `${principal}:root`,
    ...{ enableECSManagedTags: settings.enableECSManagedTags, propagateTags: settings.propagateTags },
    enableExecuteCommand: settings.enableExecuteCommand,
    availabilityZoneRebalancing: settings.availabilityZoneRebalancing,
    ...(include.includes("TAGS") && { tags: tagList(service.tags) }),
  };
}

function describedDeployment(
  deployment: Deployment,
  service: Service,
  tasks: readonly Task[],
): sdk.Deployment {
  const own = tasks.filter((task) => task.service?.deployment === deployment.id);
  const isPrimary = deployment === primary(service);
  return {
    ...{ id: deployment.id, status: isPrimary ? "PRIMARY" : "ACTIVE" },
    ...described(deployment.revision),
    desiredCount: isPrimary
      ? service.desiredCount
      : own.filter(({ desiredStatus }) => desiredStatus === "RUNNING").length,
    ...counts(own),
    ...{ failedTasks: deployment.failedTasks, createdAt: deployment.createdAt },
    ...{ updatedAt: deployment.updatedAt, rolloutState: deployment.rolloutState },
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

/** A task set as DescribeTaskSets answers it; `tasks` are the service's. */
export function describedTaskSet(set: TaskSet, tasks: readonly Task[]): sdk.TaskSet {
  const { of: service, deployments } = set;
  const [deployment] = deployments;
  const own = tasks.filter((task) => task.service?.deployment === set.id);
  const isPrimary = service.taskSets[0] === set;
  const isSteady = deployment.rolloutState === "COMPLETED" && set.status === "ACTIVE" && isThere(set, own);
  return {
    ...{ id: set.id, taskSetArn: set.arn, serviceArn: service.arn, clusterArn: service.cluster.arn },
    startedBy: "CODE_DEPLOY",
    ...(set.externalId !== undefined && { externalId: set.externalId }),
    status: set.status === "ACTIVE" ? (isPrimary ? "PRIMARY" : "ACTIVE") : "DRAINING",
    ...described(deployment.revision),
    loadBalancers: [...deployment.revision.loadBalancers],
    computedDesiredCount: set.desiredCount,
    ...counts(own),
    scale: { value: set.scale, unit: "PERCENT" },
    stabilityStatus: isSteady ? "STEADY_STATE" : "STABILIZING",
    stabilityStatusAt: deployment.finishedAt ?? deployment.createdAt,
    ...{ createdAt: set.createdAt, updatedAt: set.updatedAt, tags: tagList(set.tags) },
  };
}

function isThere(set: TaskSet, own: readonly Task[]): boolean {
  return own.filter(isRunning).length === set.desiredCount;
}

/** Common to a service and its deployments. */
function described({ taskDefinition, network, ...revision }: Revision) {
  const { launchType, capacityProviderStrategy, platformVersion } = revision;
  return {
    taskDefinition: taskDefinition.arn,
    ...(launchType && { launchType }),
    ...(capacityProviderStrategy && {
      capacityProviderStrategy: capacityProviderStrategy.map((item) => ({ weight: 0, base: 0, ...item })),
    }),
    ...(launchType !== "EC2" && { platformVersion, platformFamily: "Linux" }),
    ...(network && { networkConfiguration: network }),
  };
}

function counts(tasks: readonly Task[]) {
  return {
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter((task) => isPending(task) && task.desiredStatus === "RUNNING").length,
  };
}
