import type * as sdk from "@aws-sdk/client-ecs";
import { type AtOnce, atOnce } from "../atOnce.ts";
import type { Operations } from "../operations.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { lastName } from "./arns.ts";
import { createService } from "./createService.ts";
import { describedService } from "./describedService.ts";
import { badToken, invalid } from "./refusals.ts";
import type { Scheduler } from "./scheduler.ts";
import type { ServiceParts } from "./serviceInput.ts";
import { type Kept, primary, type Service } from "./services.ts";
import { type TaskSetOperations, taskSetOperations } from "./taskSetOperations.ts";
import { TaskSets } from "./taskSets.ts";
import { updateService } from "./updateService.ts";

type Waiting = Operations<typeof sdk, "CreateService" | "UpdateService">;
type Plain = Operations<typeof sdk, "DescribeServices" | "DeleteService" | "ListServices">;

/** ECS's service operations; `close` ends the schedulers behind them. */
export function serviceOperations(parts: ServiceParts): {
  readonly operations: Waiting & Plain & Pick<TaskSetOperations, "DescribeTaskSets">;
  readonly forCodeDeploy: TaskSetOperations;
  readonly close: () => Promise<void>;
} {
  const { clusters, services, scheduling } = parts;
  const { identity } = parts.ground;
  const schedulers = new Map<Kept, Scheduler>();
  const taskSets = new TaskSets(schedulers, scheduling, identity);
  const create = createService(parts, { schedulers, taskSets });
  const update = updateService(parts, { schedulers, taskSets });
  const ofSets = taskSetOperations(parts, taskSets);
  const describe = (service: Service, include?: readonly string[]) =>
    describedService(
      service,
      scheduling.tasks.of(service.cluster).filter((task) => task.service?.of === service),
      { identity, include },
    );

  const plain: AtOnce<Plain> = {
    DescribeServices(input) {
      only("DescribeServices", input, ["cluster", "services", "include"]);
      const cluster = clusters.find(input.cluster);
      const names = required(input.services, "services", "InvalidParameterException");
      if (names.length === 0) throw invalid("Services cannot be empty.");
      if (names.length > 10) throw invalid("At most 10 services can be described at once.");
      const found = names.map((name) => ({ name, service: services.get(cluster, name) }));
      return {
        services: found.flatMap(({ service }) => (service ? [describe(service, input.include)] : [])),
        failures: found
          .filter(({ service }) => !service)
          .map(({ name }) => ({ arn: services.arn(cluster, lastName(name)), reason: "MISSING" })),
      };
    },

    DeleteService(input) {
      only("DeleteService", input, ["cluster", "service", "force"]);
      const cluster = clusters.find(input.cluster);
      const service = services.active(
        cluster,
        required(input.service, "service", "InvalidParameterException"),
      );
      if (service.desiredCount > 0 && input.force !== true)
        throw invalid("The service cannot be stopped while it is scaled above 0.");
      service.status = "DRAINING";
      service.desiredCount = 0;
      schedulers.get(service)?.startAfresh();
      if (service.controller !== "ECS") taskSets.drainAll(service);
      return { service: describe(service, ["TAGS"]) };
    },

    ListServices(input) {
      only("ListServices", input, ["cluster", "nextToken", "maxResults", "launchType", "schedulingStrategy"]);
      const cluster = clusters.find(input.cluster);
      const found = services
        .of(cluster)
        .filter(({ status }) => status !== "INACTIVE")
        .filter((service) => !input.launchType || primary(service).revision.launchType === input.launchType)
        .filter(() => (input.schedulingStrategy ?? "REPLICA") === "REPLICA");
      const { items, next } = page(found, {
        size: input.maxResults ?? 10,
        token: input.nextToken,
        refuse: badToken,
      });
      return { serviceArns: items.map(({ arn }) => arn), nextToken: next };
    },
  };

  return {
    forCodeDeploy: ofSets,
    operations: {
      CreateService: async (input) => ({ service: describe(await create(input), ["TAGS"]) }),
      UpdateService: async (input) => ({ service: describe(await update(input), ["TAGS"]) }),
      ...atOnce<Plain>(plain),
      DescribeTaskSets: ofSets.DescribeTaskSets,
    },
    close: async () => {
      await Promise.all([...schedulers.values()].map((scheduler) => scheduler.close()));
    },
  };
}
