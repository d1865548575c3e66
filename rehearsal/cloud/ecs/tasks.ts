import type * as sdk from "@aws-sdk/client-ecs";
import type { Clock } from "../clock.ts";
import { lastName } from "./arns.ts";
import type { Cluster } from "./clusters.ts";
import type { Service } from "./services.ts";
import type { Tags } from "./tags.ts";
import type { Container, TaskDefinition } from "./taskDefinitions.ts";

/** The states that a task goes through, in order. */
export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

export interface Task {
  readonly id: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly containers: readonly TaskContainer[];
  /** The address that the task has for itself. */
  readonly address: string;
  readonly interfaceId: string;
  readonly placed: Placement;
  readonly overrides: sdk.TaskOverride;
  readonly group: string;
  readonly startedBy: string | undefined;
  /** Of a service's task: whose it is and by which of its deployments (an id). */
  readonly service?: { readonly of: Service; readonly deployment: string };
  readonly tags: Tags;
  readonly createdAt: Date;
  /** Each change counts one up. */
  version: number;
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  pullStartedAt?: Date;
  pullStoppedAt?: Date;
  startedAt?: Date;
  stoppingAt?: Date;
  executionStoppedAt?: Date;
  stoppedAt?: Date;
  stop?: StopCause;
  /** It has run for a moment without ending. */
  isSettled: boolean;
}

/** Where tasks run and how they reach others. */
export interface Placement {
  readonly launchType?: sdk.LaunchType;
  readonly capacityProvider?: string;
  readonly platformVersion?: string;
  readonly network: sdk.NetworkConfiguration | undefined;
}

export interface TaskContainer {
  readonly arn: string;
  readonly definition: Container;
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  imageDigest?: string;
  exitCode?: number;
  reason?: string;
}

/** Why a task stops, in ECS's own words. */
export interface StopCause {
  readonly code: sdk.TaskStopCode;
  readonly reason: string;
}

/** How long ECS remembers a stopped task, in milliseconds. */
const remembered = 3_600_000;

export class Tasks {
  readonly #tasks = new Map<string, Task>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  all(): readonly Task[] {
    const forgotten = this.#clock.now().getTime() - remembered;
    for (const { id, stoppedAt } of this.#tasks.values())
      if (stoppedAt && stoppedAt.getTime() < forgotten) this.#tasks.delete(id);
    return [...this.#tasks.values()];
  }

  add(task: Task): void {
    this.#tasks.set(task.id, task);
  }

  of(cluster: Cluster): readonly Task[] {
    return this.all().filter((task) => task.cluster === cluster);
  }

  /** By id or ARN. */
  get(cluster: Cluster, idOrArn: string): Task | undefined {
    const task = this.#tasks.get(lastName(idOrArn));
    return task?.cluster === cluster ? task : undefined;
  }
}

/** On its way to RUNNING. */
export function isPending({ lastStatus }: Task): boolean {
  return lastStatus === "PROVISIONING" || lastStatus === "PENDING" || lastStatus === "ACTIVATING";
}

export function isRunning({ lastStatus }: Task): boolean {
  return lastStatus === "RUNNING";
}
