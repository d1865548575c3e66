import { DescribeTasksCommand, ListTasksCommand, RunTaskCommand, type ECSClient } from "@aws-sdk/client-ecs";
import type { Outputs } from "../../../infra/outputs.ts";
import { Problem } from "../../errors/problem.ts";
import type { OneOff, OneOffs } from "../../ports/tasks.ts";
import { readTask } from "./readTask.ts";

/** One-off tasks over ECS, on demand even where the colours run on Spot: nobody wants half a migration. */
export function createOneOffs(ecs: ECSClient, outputs: Outputs): OneOffs {
  const { cluster, containerName } = outputs;
  return {
    run: async (order, signal) =>
      (await startedBefore(ecs, { cluster, order }, signal)) ?? start(ecs, { outputs, order }, signal),
    find: (order, signal) => startedBefore(ecs, { cluster, order }, signal),
    look: async (task, signal) => {
      const command = new DescribeTasksCommand({ cluster, tasks: [task] });
      const { tasks } = await ecs.send(command, { abortSignal: signal });
      if (tasks?.[0]) return readTask(tasks[0], containerName);
      throw new Problem("aws", {
        detail: `ECS no longer knows the task ${task}.`,
        next: "Find out how it ended in its log, then deploy again.",
      });
    },
  };
}

/** A client token holds for a day; the task's own mark is looked for first. */
async function startedBefore(
  ecs: ECSClient,
  of: { readonly cluster: string; readonly order: OneOff },
  signal: AbortSignal,
): Promise<string | null> {
  const { cluster, order } = of;
  const found = await Promise.all(
    (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
      ecs.send(new ListTasksCommand({ cluster, startedBy: order.startedBy, desiredStatus }), {
        abortSignal: signal,
      }),
    ),
  );
  return found.flatMap(({ taskArns }) => taskArns ?? [])[0] ?? null;
}

async function start(
  ecs: ECSClient,
  of: { readonly outputs: Outputs; readonly order: OneOff },
  signal: AbortSignal,
): Promise<string> {
  const { order, outputs } = of;
  const { cluster, containerName, subnets, securityGroups, assignPublicIp } = outputs;
  const command = new RunTaskCommand({
    cluster,
    taskDefinition: order.taskDefinition,
    launchType: "FARGATE",
    count: 1,
    startedBy: order.startedBy,
    clientToken: order.token.slice(0, 64),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...subnets],
        securityGroups: [...securityGroups],
        assignPublicIp: assignPublicIp ? "ENABLED" : "DISABLED",
      },
    },
    overrides: { containerOverrides: [{ name: containerName, command: [...order.command] }] },
  });
  const { tasks, failures } = await ecs.send(command, { abortSignal: signal });
  if (tasks?.[0]?.taskArn) return tasks[0].taskArn;
  throw new Problem("aws", {
    detail: `ECS did not start the task: ${failures?.map(({ reason, detail }) => detail ?? reason).join("; ") || "no reason given"}.`,
    next: "Look at the cluster's capacity and at the task definition, then deploy again.",
  });
}
