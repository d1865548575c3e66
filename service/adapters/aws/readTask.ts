import type { Task as AwsTask } from "@aws-sdk/client-ecs";
import type { Task } from "../../ports/tasks.ts";

/** A task of ECS in the service's own words; the exit code is that of the named container. */
export function readTask(task: AwsTask, container: string): Task {
  const address = addressOf(task);
  return {
    arn: task.taskArn ?? "",
    taskDefinition: task.taskDefinitionArn ?? "",
    status: task.lastStatus ?? "",
    ...(address ? { address } : {}),
    ...(task.lastStatus === "STOPPED" ? { end: endOf(task, container) } : {}),
  };
}

function addressOf(task: AwsTask): string | undefined {
  const details = task.attachments?.find(({ type }) => type === "ElasticNetworkInterface")?.details;
  const attached = details?.find(({ name }) => name === "privateIPv4Address")?.value;
  return attached ?? task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address;
}

function endOf(task: AwsTask, container: string): NonNullable<Task["end"]> {
  const own = task.containers?.find(({ name }) => name === container);
  // The task says that a container ended; the container says why, where ECS knows.
  const reason = [task.stoppedReason, own?.reason]
    .filter((part) => part !== undefined && part !== "")
    .join("; ");
  return {
    code: task.stopCode ?? "",
    reason: reason || "no reason given",
    ...(own?.exitCode === undefined ? {} : { exitCode: own.exitCode }),
  };
}
