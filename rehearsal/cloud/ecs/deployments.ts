import { newDeploymentId } from "./arns.ts";
import { sentences } from "./events.ts";
import { type Deployment, type Kept, primary, type Revision } from "./services.ts";
import type { Task } from "./tasks.ts";

export function newDeployment(revision: Revision, now: Date): Deployment {
  const id = newDeploymentId();
  return {
    ...{ id, revision, createdAt: now, updatedAt: now, rolloutState: "IN_PROGRESS", failedTasks: 0 },
    rolloutStateReason: `ECS deployment ${id} in progress.`,
  };
}

/** The primary deployment has brought all its tasks up. */
export function completeDeployment(service: Kept, now: Date): void {
  const deployment = primary(service);
  end(deployment, { now, state: "COMPLETED", reason: `ECS deployment ${deployment.id} completed.` });
  service.lastCompleted = deployment;
  service.events.say(sentences.completed(deployment.id));
}

/**
 * Too many tasks of the primary deployment have failed. With rollback, the one that was completed last is primary again,
 * under its own id; true then. Else the service stays as it is.
 */
export function failDeployment(service: Kept, now: Date): boolean {
  const { lastCompleted, deployments, settings, events } = service;
  const deployment = primary(service);
  const reason = "ECS deployment circuit breaker: tasks failed to start.";
  end(deployment, { now, state: "FAILED", reason });
  const back = settings.circuitBreaker.rollback && lastCompleted !== deployment ? lastCompleted : undefined;
  events.say(sentences.failed(deployment.id, back?.id));
  if (!back) return false;
  deployment.rolledBackTo = back.id;
  back.rolloutState = "IN_PROGRESS";
  back.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${back.id}.`;
  back.updatedAt = now;
  back.failedTasks = 0;
  service.deployments = [back, ...deployments.filter((one) => one !== back)];
  return true;
}

/** Former deployments are there as long as they have tasks. */
export function dropFormer(service: Kept, tasks: readonly Task[]): void {
  const [current, ...former] = service.deployments;
  const left = former.filter(({ id }) => tasks.some((task) => task.service?.deployment === id));
  service.deployments = [current, ...left];
}

function end(
  deployment: Deployment,
  as: { readonly now: Date; readonly state: "COMPLETED" | "FAILED"; readonly reason: string },
): void {
  deployment.rolloutState = as.state;
  deployment.rolloutStateReason = as.reason;
  deployment.updatedAt = as.now;
  deployment.finishedAt = as.now;
}
