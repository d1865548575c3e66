import { GetLogEventsCommand, ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ContainerDefinition,
} from "@aws-sdk/client-ecs";
import type { Outputs } from "../../../infra/outputs.ts";
import type { Logs } from "../../ports/tasks.ts";
import type { Clients } from "./clients.ts";

/** Lines that are read. */
const lines = 50;

/** A task's output over CloudWatch Logs, at the place that its own task definition names. */
export function createLogs({ ecs, logs }: Clients, outputs: Outputs): Logs {
  const { cluster, containerName } = outputs;
  return {
    tail: async ({ colour, task }, signal) => {
      const options = await logOptions(task, signal);
      const id = task.slice(task.lastIndexOf("/") + 1);
      const command = new GetLogEventsCommand({
        logGroupName: options["awslogs-group"] ?? outputs.colours[colour].logGroup,
        logStreamName: `${options["awslogs-stream-prefix"] ?? colour}/${containerName}/${id}`,
        limit: lines,
      });
      try {
        const { events } = await logs.send(command, { abortSignal: signal });
        return (events ?? []).map(({ message = "" }) => message.trimEnd()).filter((line) => line !== "");
      } catch (error) {
        // A task that never ran has no stream.
        if (error instanceof ResourceNotFoundException) return [];
        throw error;
      }
    },
  };

  async function logOptions(task: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }), {
      abortSignal: signal,
    });
    const taskDefinition = described.tasks?.[0]?.taskDefinitionArn;
    if (!taskDefinition) return {};
    const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }), {
      abortSignal: signal,
    });
    const own = answer.taskDefinition?.containerDefinitions?.find(
      ({ name }: ContainerDefinition) => name === containerName,
    );
    return own?.logConfiguration?.options ?? {};
  }
}
