import { healthOf, type TargetOperations } from "./registration.ts";
import type { Kept } from "./services.ts";
import type { Task } from "./tasks.ts";

/** How a service's tasks are, at one moment. */
export interface Health {
  /** Running, and healthy for every load balancer; without one, running for a moment. */
  isHealthy(task: Task): boolean;
  /** The target group that says a task is unhealthy, and why. */
  failing(task: Task): Failing | undefined;
}

export interface Failing {
  readonly targetGroup: string;
  readonly port: number;
  readonly why: string;
}

/** Asks the load balancer about all of a service's tasks. */
export async function readHealth(elbv2: TargetOperations, service: Kept): Promise<Health> {
  const groups = new Set(
    service.deployments.flatMap(({ revision }) =>
      revision.loadBalancers.map(({ targetGroupArn = "" }) => targetGroupArn),
    ),
  );
  const targets = new Map(
    await Promise.all([...groups].map(async (group) => [group, await healthOf(elbv2, group)] as const)),
  );
  const statesOf = (task: Task) => {
    const { revision } = service.deployments.find(({ id }) => id === task.service?.deployment) ?? {};
    return (revision?.loadBalancers ?? []).map(
      ({ targetGroupArn: targetGroup = "", containerPort: port = 0 }) => {
        const health = targets.get(targetGroup)?.get(`${task.address}:${port}`);
        return {
          targetGroup,
          port,
          state: health?.State,
          why: health?.Description ?? "Health checks failed",
        };
      },
    );
  };
  return {
    isHealthy(task) {
      if (task.lastStatus !== "RUNNING") return false;
      const states = statesOf(task);
      return states.length > 0 ? states.every(({ state }) => state === "healthy") : task.isSettled;
    },
    failing(task) {
      const found = statesOf(task).find(({ state }) => state === "unhealthy");
      return found && { targetGroup: found.targetGroup, port: found.port, why: found.why };
    },
  };
}
