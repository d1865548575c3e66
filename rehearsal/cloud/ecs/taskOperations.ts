import type * as sdk from "@aws-sdk/client-ecs";
import type { Ground } from "../cloud.ts";
import { atOnce } from "../atOnce.ts";
import type { Operations } from "../operations.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { ecsArn, lastName } from "./arns.ts";
import type { Clusters } from "./clusters.ts";
import { describedTask } from "./describedTask.ts";
import { badToken, invalid, serviceNotFound } from "./refusals.ts";
import { runTask, type RunTaskParts } from "./runTask.ts";
import type { Services } from "./services.ts";
import type { TaskStarter } from "./taskStarter.ts";
import type { Tasks } from "./tasks.ts";

type TaskOperations = Operations<typeof sdk, "RunTask" | "StopTask" | "DescribeTasks" | "ListTasks">;

export interface TaskParts extends RunTaskParts {
  readonly ground: Ground;
  readonly clusters: Clusters;
  readonly services: Services;
  readonly tasks: Tasks;
  readonly starter: TaskStarter;
}

export function taskOperations(parts: TaskParts): TaskOperations {
  const { clusters, services, tasks, starter } = parts;
  const { identity } = parts.ground;
  const run = runTask(parts);

  return atOnce<TaskOperations>({
    RunTask: (input) => ({
      tasks: run(input).map((task) => describedTask(task, identity, ["TAGS"])),
      failures: [],
    }),

    StopTask(input) {
      only("StopTask", input, ["cluster", "task", "reason"]);
      const cluster = clusters.find(input.cluster);
      const task = tasks.get(cluster, required(input.task, "task", "InvalidParameterException"));
      if (!task) throw invalid("The referenced task was not found.");
      starter.stop(task, { code: "UserInitiated", reason: input.reason ?? "Task stopped by user" });
      return { task: describedTask(task, identity) };
    },

    DescribeTasks(input) {
      only("DescribeTasks", input, ["cluster", "tasks", "include"]);
      const cluster = clusters.find(input.cluster);
      const names = required(input.tasks, "tasks", "InvalidParameterException");
      if (names.length === 0) throw invalid("Tasks cannot be empty.");
      if (names.length > 100) throw invalid("At most 100 tasks can be described at once.");
      const found = names.map((name) => ({ name, task: tasks.get(cluster, name) }));
      return {
        tasks: found.flatMap(({ task }) => (task ? [describedTask(task, identity, input.include)] : [])),
        failures: found
          .filter(({ task }) => !task)
          .map(({ name }) => ({
            arn: ecsArn(identity, "task", cluster.name, lastName(name)),
            reason: "MISSING",
          })),
      };
    },

    ListTasks(input) {
      only("ListTasks", input, [
        ...(["cluster", "family", "nextToken", "maxResults", "startedBy", "serviceName"] as const),
        ...(["desiredStatus", "launchType"] as const),
      ]);
      const cluster = clusters.find(input.cluster);
      const service = input.serviceName === undefined ? undefined : services.get(cluster, input.serviceName);
      if (input.serviceName !== undefined && !service) throw serviceNotFound();
      // ECS never wants a task to be PENDING.
      const desired = input.desiredStatus ?? "RUNNING";
      const found = tasks
        .of(cluster)
        .filter((task) => task.desiredStatus === desired)
        .filter((task) => !service || task.service?.of === service)
        .filter(({ definition }) => !input.family || definition.family === input.family)
        .filter(({ startedBy }) => !input.startedBy || startedBy === input.startedBy)
        .filter(({ placed }) => !input.launchType || placed.launchType === input.launchType);
      const { items, next } = page(found, {
        size: input.maxResults ?? 100,
        token: input.nextToken,
        refuse: badToken,
      });
      return { taskArns: items.map(({ arn }) => arn), nextToken: next };
    },
  });
}
