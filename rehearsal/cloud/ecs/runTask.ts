import { isDeepStrictEqual } from "node:util";
import type * as sdk from "@aws-sdk/client-ecs";
import { AwsError } from "../awsError.ts";
import type { Clock } from "../clock.ts";
import { only, required } from "../parameters.ts";
import { capacityOf, nextProvider } from "./capacity.ts";
import type { Cluster, Clusters } from "./clusters.ts";
import { client, invalid, notRehearsed } from "./refusals.ts";
import { checkNetwork } from "./revision.ts";
import { tagMap } from "./tags.ts";
import type { TaskDefinition, TaskDefinitions } from "./taskDefinitions.ts";
import type { TaskStarter } from "./taskStarter.ts";
import type { Task } from "./tasks.ts";

export interface RunTaskParts {
  readonly ground: { readonly clock: Clock };
  readonly clusters: Clusters;
  readonly definitions: TaskDefinitions;
  readonly starter: TaskStarter;
}

/** How long ECS knows a client token, in milliseconds. */
const tokenHolds = 24 * 3_600_000;

interface Former {
  readonly request: sdk.RunTaskRequest;
  readonly tasks: readonly Task[];
  readonly at: number;
}

/** RunTask: starts tasks that belong to no service. The same client token in the same cluster starts them once. */
export function runTask(parts: RunTaskParts): (input: sdk.RunTaskRequest) => readonly Task[] {
  const { clusters, definitions, starter, ground } = parts;
  const byToken = new Map<string, Former>();

  return (input) => {
    only("RunTask", input, [
      ...(["capacityProviderStrategy", "cluster", "count", "enableECSManagedTags", "group"] as const),
      ...(["enableExecuteCommand", "launchType", "networkConfiguration", "overrides"] as const),
      ...(["placementConstraints", "placementStrategy", "platformVersion", "propagateTags"] as const),
      ...(["referenceId", "startedBy", "tags", "taskDefinition", "clientToken"] as const),
    ]);
    const cluster = clusters.find(input.cluster);
    const former = formerOf(input, cluster);
    if (former) return former;
    const definition = definitions.usable(
      required(input.taskDefinition, "taskDefinition", "ClientException"),
    );
    check(input, definition);
    const count = input.count ?? 1;
    if (count < 1 || count > 10) throw invalid("Count should be between 1 and 10.");
    const network = checkNetwork(input.networkConfiguration, definition);
    const capacity = capacityOf(input, cluster, definition);
    if (capacity.launchType === "EC2") throw invalid("No Container Instances were found in your cluster.");
    const tags = tagMap(input.tags, input.propagateTags === "TASK_DEFINITION" ? definition.tags : new Map());

    const tasks: Task[] = [];
    for (let left = count; left > 0; left -= 1) {
      const provider =
        capacity.capacityProviderStrategy &&
        nextProvider(
          capacity.capacityProviderStrategy,
          (one) => tasks.filter(({ placed }) => placed.capacityProvider === one).length,
        );
      const task = starter.start({
        ...{ cluster, definition, tags, overrides: input.overrides, startedBy: input.startedBy },
        group: input.group ?? `family:${definition.family}`,
        placed: {
          launchType: "FARGATE",
          ...(provider !== undefined && { capacityProvider: provider }),
          ...(input.platformVersion && input.platformVersion !== "LATEST"
            ? { platformVersion: input.platformVersion }
            : {}),
          network,
        },
      });
      if (task) tasks.push(task);
    }
    if (tasks.length === 0)
      throw client(
        "Capacity is unavailable at this time. Please try again later or in a different availability zone",
      );
    if (input.clientToken)
      byToken.set(keyOf(cluster, input.clientToken), {
        ...{ tasks, request: input, at: ground.clock.now().getTime() },
      });
    return tasks;
  };

  function formerOf(input: sdk.RunTaskRequest, cluster: Cluster): readonly Task[] | undefined {
    if (!input.clientToken) return undefined;
    if (input.clientToken.length > 64) throw invalid("clientToken can have at most 64 characters.");
    const now = ground.clock.now().getTime();
    const former = byToken.get(keyOf(cluster, input.clientToken));
    if (!former || former.at + tokenHolds < now) return undefined;
    if (!isDeepStrictEqual(former.request, input))
      throw new AwsError(
        "ConflictException",
        `The client token ${input.clientToken} was used before, with other parameters.`,
      );
    return former.tasks;
  }
}

function keyOf(cluster: Cluster, token: string): string {
  return `${cluster.arn} ${token}`;
}

function check(input: sdk.RunTaskRequest, { containers }: TaskDefinition): void {
  if (input.startedBy && !/^[A-Za-z0-9_/-]{1,128}$/.test(input.startedBy))
    throw invalid(
      "startedBy: up to 128 letters (uppercase and lowercase), numbers, hyphens, forward slash, and underscores are allowed.",
    );
  if (input.enableExecuteCommand) throw notRehearsed("ExecuteCommand");
  for (const { name, environmentFiles, resourceRequirements } of input.overrides?.containerOverrides ?? []) {
    if (!containers.some((container) => container.name === name))
      throw client(`Override for container named ${name} is not a container in the TaskDefinition.`);
    if (environmentFiles?.length || resourceRequirements?.length)
      throw notRehearsed("environment files and resource requirements of an override");
  }
}
