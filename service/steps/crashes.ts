import type { Colour } from "../../infra/release.ts";
import type { At } from "../deployments/step.ts";
import type { Task } from "../ports/tasks.ts";

/** Lines of a log that go into an error. */
const kept = 20;

/** The tasks of this task definition that ended by their own fault, not because somebody scaled or replaced them. */
export function crashed(
  tasks: readonly Task[],
  of: { taskDefinition: string; stoppedBefore: readonly string[] },
): readonly Task[] {
  return tasks.filter(
    (task) =>
      task.taskDefinition === of.taskDefinition &&
      !of.stoppedBefore.includes(task.arn) &&
      task.end &&
      atFault(task.end),
  );
}

/** ARNs of those that have stopped already: not the fault of what is about to be started. */
export function stoppedAmong(tasks: readonly Task[]): readonly string[] {
  return tasks.filter(({ end }) => end).map(({ arn }) => arn);
}

function atFault(end: NonNullable<Task["end"]>): boolean {
  if (end.code === "EssentialContainerExited" || end.code === "TaskFailedToStart") return true;
  // The scheduler's own stops are no fault, but for those that a failed health check asked for.
  return /failed .*health checks?/i.test(end.reason);
}

/** Tasks are counted as this deployment started them. */
export function numberOf(
  task: Task,
  list: readonly Task[],
  staged: { taskDefinition: string; stoppedBefore: readonly string[] },
): number {
  const started = list.filter(
    ({ arn, taskDefinition }) =>
      taskDefinition === staged.taskDefinition && !staged.stoppedBefore.includes(arn),
  );
  return started.indexOf(task) + 1;
}

/** How a task ended: `task 2 exited 1: nginx: [emerg] unknown directive …`, and the lines before it. */
export async function explain(
  at: At,
  what: { readonly colour: Colour; readonly task: Task; readonly number: number },
): Promise<{ readonly sentence: string; readonly lines: readonly string[] }> {
  const lines = (await tailOf(at, what.colour, what.task.arn)).slice(-kept);
  const { end } = what.task;
  const how = end?.exitCode === undefined ? "stopped" : `exited ${end.exitCode}`;
  const why = telling(lines) ?? end?.reason ?? "no reason given";
  return { sentence: `task ${what.number} ${how}: ${why}`, lines: end ? [end.reason, ...lines] : lines };
}

/** The log arrives a moment after the task's end. */
async function tailOf(at: At, colour: Colour, task: string): Promise<readonly string[]> {
  for (let left = 8; left > 0; left -= 1) {
    const lines = await at.cloud.logs.tail({ colour, task }, at.signal);
    if (lines.length > 0) return lines;
    await at.clock.sleep(250, at.signal);
  }
  return [];
}

/** The line that says most: the last that sounds like an error, else the last. */
function telling(lines: readonly string[]): string | undefined {
  return lines.findLast((line) => /emerg|fatal|panic|error|exception|denied/i.test(line)) ?? lines.at(-1);
}
