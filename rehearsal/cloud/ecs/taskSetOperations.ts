import type * as sdk from "@aws-sdk/client-ecs";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { only, required } from "../parameters.ts";
import { describedTaskSet } from "./describedService.ts";
import { invalid } from "./refusals.ts";
import { checkTargetGroups, revisionOf } from "./revision.ts";
import type { ServiceParts } from "./serviceInput.ts";
import { primary, type Service } from "./services.ts";
import { tagMap } from "./tags.ts";
import type { TaskSet } from "./taskSet.ts";
import type { TaskSets } from "./taskSets.ts";

export type TaskSetOperations = Operations<
  typeof sdk,
  "CreateTaskSet" | "UpdateTaskSet" | "UpdateServicePrimaryTaskSet" | "DeleteTaskSet" | "DescribeTaskSets"
>;

/** The operations with which a controller moves a service's task sets. */
export function taskSetOperations(parts: ServiceParts, taskSets: TaskSets): TaskSetOperations {
  const { clusters, definitions, services, elbv2, scheduling } = parts;

  const serviceOf = (input: { cluster?: string | undefined; service?: string | undefined }): Service => {
    const service = services.active(
      clusters.find(input.cluster),
      required(input.service, "service", "InvalidParameterException"),
    );
    if (service.controller === "ECS")
      throw new AwsError(
        "UnsupportedFeatureException",
        "Task sets are only supported with the deployment controllers EXTERNAL and CODE_DEPLOY.",
      );
    return service;
  };
  const described = (set: TaskSet): sdk.TaskSet =>
    describedTaskSet(
      set,
      scheduling.tasks.of(set.cluster).filter(({ service }) => service?.of === set.of),
    );
  const find = (input: { cluster?: string | undefined; service?: string | undefined }, id?: string) =>
    taskSets.find(serviceOf(input), required(id, "taskSet", "InvalidParameterException"));

  return {
    async CreateTaskSet({ tags, ...input }) {
      only("CreateTaskSet", input, [
        ...(["service", "cluster", "externalId", "taskDefinition", "networkConfiguration"] as const),
        ...(["loadBalancers", "launchType", "capacityProviderStrategy", "platformVersion", "scale"] as const),
      ]);
      const service = serviceOf(input);
      const taskDefinition = definitions.usable(
        required(input.taskDefinition, "taskDefinition", "InvalidParameterException"),
      );
      const { network, launchType, capacityProviderStrategy } = primary(service).revision;
      // What is left out is the service's own.
      const capacity =
        input.launchType || input.capacityProviderStrategy?.length
          ? input
          : { launchType, capacityProviderStrategy };
      const revision = revisionOf(
        { ...input, ...capacity, networkConfiguration: input.networkConfiguration ?? network },
        { cluster: service.cluster, taskDefinition },
      );
      await checkTargetGroups(elbv2, revision);
      const { externalId } = input;
      const scale = percentOf(input.scale);
      return {
        taskSet: described(taskSets.create(service, { revision, scale, externalId, tags: tagMap(tags) })),
      };
    },

    async UpdateTaskSet(input) {
      only("UpdateTaskSet", input, ["cluster", "service", "taskSet", "scale"]);
      const set = find(input, input.taskSet);
      taskSets.scale(set, percentOf(required(input.scale, "scale", "InvalidParameterException")));
      return Promise.resolve({ taskSet: described(set) });
    },

    async UpdateServicePrimaryTaskSet(input) {
      only("UpdateServicePrimaryTaskSet", input, ["cluster", "service", "primaryTaskSet"]);
      const set = find(input, input.primaryTaskSet);
      taskSets.makePrimary(set);
      return Promise.resolve({ taskSet: described(set) });
    },

    async DeleteTaskSet(input) {
      only("DeleteTaskSet", input, ["cluster", "service", "taskSet", "force"]);
      const set = find(input, input.taskSet);
      if (set.scale > 0 && input.force !== true)
        throw invalid("The task set cannot be deleted while it is scaled above 0.");
      if (set.status === "ACTIVE") taskSets.drain(set);
      return Promise.resolve({ taskSet: described(set) });
    },

    async DescribeTaskSets(input) {
      only("DescribeTaskSets", input, ["cluster", "service", "taskSets", "include"]);
      const service = serviceOf(input);
      const wanted = input.taskSets ?? [];
      const found = service.taskSets.filter(
        ({ id, arn }) => wanted.length === 0 || wanted.includes(id) || wanted.includes(arn),
      );
      const failures = wanted
        .filter((name) => !found.some(({ id, arn }) => id === name || arn === name))
        .map((arn) => ({ arn, reason: "MISSING" }));
      return Promise.resolve({ taskSets: found.map(described), failures });
    },
  };
}

function percentOf(scale: sdk.Scale | undefined): number {
  const { value = 100, unit = "PERCENT" } = scale ?? {};
  if (unit !== "PERCENT" || value < 0 || value > 100)
    throw invalid("The scale of a task set is a value from 0 to 100 with the unit PERCENT.");
  return value;
}
