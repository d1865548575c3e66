import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  type ECSClient,
} from "@aws-sdk/client-ecs";
import type { Outputs } from "../../../infra/outputs.ts";
import { Problem } from "../../errors/problem.ts";
import type { ColourService, Tasks } from "../../ports/tasks.ts";
import type { Clients } from "./clients.ts";
import { readTask } from "./readTask.ts";

/** ECS's own limit of tasks in one DescribeTasks. */
const batch = 100;

const dimension = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;

/** Tasks over ECS and Application Auto Scaling. */
export function createTasks({ ecs, scaling }: Clients, outputs: Outputs): Tasks {
  const { cluster } = outputs;
  return {
    service: async (colour, signal) => {
      const [service, target] = await Promise.all([
        describeService(ecs, { cluster, name: outputs.colours[colour].service }, signal),
        describeTarget(scaling, outputs.colours[colour].scalableTarget, signal),
      ]);
      return { ...service, ...target };
    },
    list: async (colour, signal) => {
      const name = outputs.colours[colour].service;
      const arns = await Promise.all([
        listTasks(ecs, { cluster, name, desiredStatus: "RUNNING" }, signal),
        listTasks(ecs, { cluster, name, desiredStatus: "STOPPED" }, signal),
      ]);
      const all = [...new Set(arns.flat())];
      const batches = Array.from({ length: Math.ceil(all.length / batch) }, (_, i) =>
        all.slice(i * batch, (i + 1) * batch),
      );
      const answers = await Promise.all(
        batches.map((tasks) =>
          ecs.send(new DescribeTasksCommand({ cluster, tasks }), { abortSignal: signal }),
        ),
      );
      return answers.flatMap(({ tasks }) => tasks ?? []).map((task) => readTask(task, outputs.containerName));
    },
    scale: async (colour, count, signal) => {
      const service = outputs.colours[colour].service;
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: count }), {
        abortSignal: signal,
      });
    },
    replace: async (colour, taskDefinition, signal) => {
      const service = outputs.colours[colour].service;
      await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition }), { abortSignal: signal });
    },
    suspend: async (colour, flags, signal) => {
      const command = new RegisterScalableTargetCommand({
        ...dimension,
        ResourceId: outputs.colours[colour].scalableTarget,
        SuspendedState: {
          DynamicScalingInSuspended: flags.in,
          DynamicScalingOutSuspended: flags.out,
          ScheduledScalingSuspended: flags.scheduled,
        },
      });
      await scaling.send(command, { abortSignal: signal });
    },
  };
}

async function describeService(
  ecs: ECSClient,
  of: { readonly cluster: string; readonly name: string },
  signal: AbortSignal,
): Promise<Omit<ColourService, "capacity" | "suspended">> {
  const command = new DescribeServicesCommand({ cluster: of.cluster, services: [of.name] });
  const { services } = await ecs.send(command, { abortSignal: signal });
  const service = services?.[0];
  if (!service || service.status !== "ACTIVE") {
    throw new Problem("drift", {
      detail: `The ECS service ${of.name} is ${service?.status ?? "gone"}.`,
      next: "Put it back with `pulumi up --refresh`, then try again.",
    });
  }
  return {
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    taskDefinition: service.taskDefinition ?? "",
    deployments: (service.deployments ?? []).map(({ id = "", status = "", taskDefinition = "" }) => ({
      id,
      status,
      taskDefinition,
    })),
    events: (service.events ?? []).slice(0, 5).map(({ message = "" }) => message),
  };
}

async function describeTarget(
  scaling: Clients["scaling"],
  id: string,
  signal: AbortSignal,
): Promise<Pick<ColourService, "capacity" | "suspended">> {
  const command = new DescribeScalableTargetsCommand({ ...dimension, ResourceIds: [id] });
  const target = (await scaling.send(command, { abortSignal: signal })).ScalableTargets?.[0];
  return {
    capacity: { min: target?.MinCapacity ?? 0, max: target?.MaxCapacity ?? Number.MAX_SAFE_INTEGER },
    suspended: {
      in: target?.SuspendedState?.DynamicScalingInSuspended ?? false,
      out: target?.SuspendedState?.DynamicScalingOutSuspended ?? false,
      scheduled: target?.SuspendedState?.ScheduledScalingSuspended ?? false,
    },
  };
}

async function listTasks(
  ecs: ECSClient,
  of: { readonly cluster: string; readonly name: string; readonly desiredStatus: "RUNNING" | "STOPPED" },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const command = new ListTasksCommand({
      cluster: of.cluster,
      serviceName: of.name,
      desiredStatus: of.desiredStatus,
      ...(nextToken ? { nextToken } : {}),
    });
    const page = await ecs.send(command, { abortSignal: signal });
    found.push(...(page.taskArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}
