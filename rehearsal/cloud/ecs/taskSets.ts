import { lastName } from "./arns.ts";
import { newDeployment } from "./deployments.ts";
import { Scheduler, type SchedulerParts } from "./scheduler.ts";
import { AwsError } from "../awsError.ts";
import { ecsArn } from "./arns.ts";
import type { Identity } from "../cloud.ts";
import type { Kept, Revision, Service } from "./services.ts";
import type { Tags } from "./tags.ts";
import { TaskSet } from "./taskSet.ts";

/** Makes, moves and ends the task sets of services whose controller is not ECS. */
export class TaskSets {
  readonly #schedulers: Map<Kept, Scheduler>;
  readonly #scheduling: SchedulerParts;
  readonly #identity: Identity;

  constructor(schedulers: Map<Kept, Scheduler>, scheduling: SchedulerParts, identity: Identity) {
    this.#schedulers = schedulers;
    this.#scheduling = scheduling;
    this.#identity = identity;
  }

  /** It begins to work towards its count at once. The first one of a service is its primary. */
  create(
    service: Service,
    its: {
      readonly revision: Revision;
      readonly scale: number;
      readonly tags: Tags;
      readonly externalId?: string | undefined;
    },
  ): TaskSet {
    const deployment = newDeployment(its.revision, this.#scheduling.clock.now());
    const arn = ecsArn(
      this.#identity,
      "task-set",
      service.cluster.name,
      service.name,
      lastName(deployment.id),
    );
    const made = new TaskSet(service, { ...its, deployment, arn });
    service.taskSets = [...service.taskSets, made];
    this.#schedulers.set(made, new Scheduler(made, this.#scheduling));
    return made;
  }

  /** By id or ARN. Throws TaskSetNotFoundException. */
  find(service: Service, idOrArn: string): TaskSet {
    const found = service.taskSets.find(({ id, arn }) => id === idOrArn || arn === idOrArn);
    if (!found) throw new AwsError("TaskSetNotFoundException", "TaskSet not found.");
    return found;
  }

  scale(set: TaskSet, percent: number): void {
    set.scale = percent;
    set.updatedAt = this.#scheduling.clock.now();
    this.wake(set);
  }

  /** The service's count has changed, and so has the set's. */
  wake(set: TaskSet): void {
    this.#schedulers.get(set)?.startAfresh();
  }

  makePrimary(set: TaskSet): void {
    const { of } = set;
    of.taskSets = [set, ...of.taskSets.filter((other) => other !== set)];
    of.deployments = set.deployments;
    set.updatedAt = this.#scheduling.clock.now();
  }

  /** Its tasks drain and end; then it is gone. */
  drain(set: TaskSet): void {
    set.status = "DRAINING";
    set.updatedAt = this.#scheduling.clock.now();
    this.wake(set);
    void this.#schedulers.get(set)?.ended.then(() => {
      this.#schedulers.delete(set);
      set.of.taskSets = set.of.taskSets.filter((other) => other !== set);
    });
  }

  /** All of a service's sets, and then the service itself. */
  drainAll(service: Service): void {
    const ended = service.taskSets.flatMap((set) => this.#schedulers.get(set)?.ended ?? []);
    for (const set of service.taskSets) if (set.status === "ACTIVE") this.drain(set);
    void Promise.all(ended).then(() => {
      service.status = "INACTIVE";
    });
  }
}
