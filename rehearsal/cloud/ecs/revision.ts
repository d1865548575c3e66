import { isDeepStrictEqual } from "node:util";
import type * as sdk from "@aws-sdk/client-ecs";
import { AwsError } from "../awsError.ts";
import { type Capacity, capacityOf } from "./capacity.ts";
import type { Cluster } from "./clusters.ts";
import { invalid, notRehearsed } from "./refusals.ts";
import type { TargetOperations } from "./registration.ts";
import type { Revision } from "./services.ts";
import type { TaskDefinition } from "./taskDefinitions.ts";

export interface RevisionInput extends Capacity {
  readonly platformVersion?: string | undefined;
  readonly networkConfiguration?: sdk.NetworkConfiguration | undefined;
  readonly loadBalancers?: readonly sdk.LoadBalancer[] | undefined;
}

/** What a service's tasks are to be started from, checked as far as ECS checks it without the load balancer. */
export function revisionOf(
  input: RevisionInput,
  { cluster, taskDefinition }: { readonly cluster: Cluster; readonly taskDefinition: TaskDefinition },
): Revision {
  const network = checkNetwork(input.networkConfiguration, taskDefinition);
  const loadBalancers = input.loadBalancers ?? [];
  for (const one of loadBalancers) checkContainer(one, taskDefinition);
  return {
    ...{ taskDefinition, network, loadBalancers },
    ...capacityOf(input, cluster, taskDefinition),
    platformVersion: input.platformVersion ?? "LATEST",
  };
}

/** Whether tasks of the one are those of the other. */
export function isSame(one: Revision, other: Revision): boolean {
  return one.taskDefinition === other.taskDefinition && isDeepStrictEqual(bare(one), bare(other));
}

function bare({ taskDefinition, ...rest }: Revision): unknown {
  return JSON.parse(JSON.stringify({ ...rest, taskDefinition: taskDefinition.arn }));
}

/** In awsvpc mode each task has an address, so that ECS must know where. */
export function checkNetwork(
  network: sdk.NetworkConfiguration | undefined,
  { described }: TaskDefinition,
): sdk.NetworkConfiguration | undefined {
  const own = network?.awsvpcConfiguration;
  if (described.networkMode !== "awsvpc") {
    if (own)
      throw invalid("Network Configuration is not valid for the given networkMode of this task definition.");
    return undefined;
  }
  if (!own) throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (!own.subnets?.length) throw invalid("subnets can not be empty.");
  if (own.subnets.length > 16) throw invalid("subnets can have at most 16 items.");
  if ((own.securityGroups?.length ?? 0) > 5) throw invalid("securityGroups can have at most 5 items.");
  return { awsvpcConfiguration: { assignPublicIp: "DISABLED", securityGroups: [], ...own } };
}

function checkContainer(
  { targetGroupArn, containerName, containerPort, ...more }: sdk.LoadBalancer,
  { containers }: TaskDefinition,
): void {
  if (more.loadBalancerName) throw notRehearsed("Classic Load Balancers");
  if (more.advancedConfiguration) throw notRehearsed("advancedConfiguration of a load balancer");
  if (!targetGroupArn) throw invalid("targetGroupArn can not be blank.");
  const container = containers.find(({ name }) => name === containerName);
  if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`);
  if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort))
    throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
}

/** ECS takes only a target group of addresses that a load balancer sends requests to. */
export async function checkTargetGroups(
  elbv2: TargetOperations,
  { loadBalancers }: Pick<Revision, "loadBalancers">,
): Promise<void> {
  for (const { targetGroupArn = "" } of loadBalancers) {
    const answer = await elbv2
      .DescribeTargetGroups({ TargetGroupArns: [targetGroupArn] })
      .catch((error: unknown) => {
        if (error instanceof AwsError && error.code.startsWith("TargetGroupNotFound")) return undefined;
        throw error;
      });
    const group = answer?.TargetGroups?.[0];
    if (!group) throw invalid(`The specified target group does not exist: ${targetGroupArn}`);
    if (!group.LoadBalancerArns?.length)
      throw invalid(
        `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
      );
    if (group.TargetType !== "ip")
      throw invalid(
        `The provided target group ${targetGroupArn} has target type ${group.TargetType}, which is incompatible with the awsvpc network mode specified in the task definition.`,
      );
  }
}
