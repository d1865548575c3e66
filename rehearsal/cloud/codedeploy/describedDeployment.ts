import type * as sdk from "@aws-sdk/client-codedeploy";
import type * as ecsSdk from "@aws-sdk/client-ecs";
import type { Deployment } from "./deployment.ts";

/** A deployment as GetDeployment answers it. */
export function describedDeployment(deployment: Deployment): sdk.DeploymentInfo {
  const { group, input, status } = deployment;
  const { deploymentStyle, blueGreenDeploymentConfiguration, loadBalancerInfo } = group.settings;
  return {
    ...{ applicationName: group.application.name, deploymentGroupName: group.name },
    ...{ deploymentConfigName: deployment.configName, deploymentId: deployment.id, status },
    revision: input.revision,
    ...(deployment.error && { errorInformation: deployment.error }),
    createTime: deployment.createdAt,
    ...(deployment.startedAt && { startTime: deployment.startedAt }),
    ...(deployment.completedAt && { completeTime: deployment.completedAt }),
    deploymentOverview: overviewOf(status),
    ...(input.description !== undefined && { description: input.description }),
    ...{
      creator: deployment.creator,
      ignoreApplicationStopFailures: false,
      updateOutdatedInstancesOnly: false,
    },
    autoRollbackConfiguration: deployment.autoRollback,
    ...(deployment.rollbackInfo && { rollbackInfo: deployment.rollbackInfo }),
    ...{ deploymentStyle, blueGreenDeploymentConfiguration, loadBalancerInfo },
    instanceTerminationWaitTimeStarted: deployment.isTerminating,
    fileExistsBehavior: "DISALLOW",
    ...{ deploymentStatusMessages: [], computePlatform: "ECS" },
  };
}

/** Its one target, the ECS service. */
export async function describedTarget(deployment: Deployment): Promise<sdk.DeploymentTarget> {
  const { service, cluster } = deployment.service;
  const [original, replacement] = await Promise.all([
    deployment.look("original"),
    deployment.look("replacement"),
  ]);
  const { percent } = deployment;
  return {
    deploymentTargetType: "ECSTarget",
    ecsTarget: {
      ...{ deploymentId: deployment.id, targetId: deployment.targetId },
      targetArn: original?.serviceArn ?? replacement?.serviceArn ?? `${cluster}/${service}`,
      lastUpdatedAt: deployment.completedAt ?? new Date(),
      lifecycleEvents: deployment.events.map((event) => ({ ...event })),
      status: targetStatuses[deployment.status],
      taskSetsInfo: [
        ...(original ? [infoOf(original, { label: "Blue", percent: 100 - percent })] : []),
        ...(replacement ? [infoOf(replacement, { label: "Green", percent })] : []),
      ],
    },
  };
}

function infoOf(
  set: ecsSdk.TaskSet,
  as: { readonly label: sdk.TargetLabel; readonly percent: number },
): sdk.ECSTaskSet {
  const arn = set.loadBalancers?.[0]?.targetGroupArn;
  const name = arn?.split("/")[1];
  return {
    // AWS spells it so.
    ...{ identifer: set.id, desiredCount: set.computedDesiredCount, pendingCount: set.pendingCount },
    ...{ runningCount: set.runningCount, status: set.status, trafficWeight: as.percent },
    ...(name !== undefined && { targetGroup: { name } }),
    taskSetLabel: as.label,
  };
}

const targetStatuses: Readonly<Record<sdk.DeploymentStatus, sdk.TargetStatus>> = {
  ...{ Created: "Pending", Queued: "Pending", InProgress: "InProgress", Baking: "InProgress" },
  ...{ Ready: "Ready", Succeeded: "Succeeded", Failed: "Failed", Stopped: "Failed" },
};

function overviewOf(status: sdk.DeploymentStatus): sdk.DeploymentOverview {
  const counts = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  const target = targetStatuses[status];
  return target in counts ? { ...counts, [target]: 1 } : counts;
}
