import { randomUUID } from "node:crypto";
import type * as sdk from "@aws-sdk/client-ecs";
import type { Identity } from "../cloud.ts";
import { ecsArn, newInterfaceId, newTaskId } from "./arns.ts";
import type { Cluster } from "./clusters.ts";
import type { LoadBalancer } from "@aws-sdk/client-ecs";
import { placesOf } from "./registration.ts";
import type { Service } from "./services.ts";
import type { Tags } from "./tags.ts";
import type { TaskDefinition } from "./taskDefinitions.ts";
import { TaskLife, type LifeOptions, type LifeParts } from "./taskLife.ts";
import type { Placement, StopCause, Task, Tasks } from "./tasks.ts";

/** A task that is to be started. */
export interface Order {
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly placed: Placement;
  readonly group: string;
  readonly startedBy?: string | undefined;
  readonly overrides?: sdk.TaskOverride | undefined;
  readonly tags: Tags;
  readonly service?: { readonly of: Service; readonly deployment: string };
  readonly loadBalancers?: readonly LoadBalancer[];
  readonly changed?: (task: Task) => void;
  readonly report?: (what: Parameters<LifeOptions["report"]>[0], task: Task) => void;
}

/** Starts and stops tasks. */
export class TaskStarter {
  readonly #tasks: Tasks;
  readonly #identity: Identity;
  readonly #parts: LifeParts;
  readonly #lives = new Map<Task, TaskLife>();

  constructor(tasks: Tasks, identity: Identity, parts: LifeParts) {
    this.#tasks = tasks;
    this.#identity = identity;
    this.#parts = parts;
  }

  /** Places a task; it starts by itself. Undefined where there is no address left for it. */
  start(order: Order): Task | undefined {
    const address = this.#parts.addresses.claim();
    if (address === undefined) return undefined;
    const { cluster, definition } = order;
    const id = newTaskId();
    const task: Task = {
      ...{ id, cluster, definition, address, interfaceId: newInterfaceId() },
      arn: ecsArn(this.#identity, "task", cluster.name, id),
      ...{ placed: order.placed, group: order.group, startedBy: order.startedBy, tags: order.tags },
      overrides: order.overrides ?? {},
      ...(order.service && { service: order.service }),
      containers: definition.containers.map((container) => ({
        arn: ecsArn(this.#identity, "container", cluster.name, id, randomUUID()),
        definition: container,
        lastStatus: "PENDING",
      })),
      createdAt: this.#parts.clock.now(),
      ...{ version: 1, lastStatus: "PROVISIONING", desiredStatus: "RUNNING", isSettled: false },
    };
    this.#tasks.add(task);
    const life = new TaskLife(task, this.#parts, {
      places: placesOf(address, order.loadBalancers ?? []),
      changed: () => order.changed?.(task),
      report: (what) => order.report?.(what, task),
    });
    this.#lives.set(task, life);
    void life.ended.then(() => this.#lives.delete(task));
    return task;
  }

  /** Begins to stop a task; one that stops or has stopped is left alone. */
  stop(task: Task, cause: StopCause): void {
    this.#lives.get(task)?.stop(cause);
  }

  /** Ends every task. */
  async close(): Promise<void> {
    await Promise.all([...this.#lives.values()].map((life) => life.close()));
  }
}
