import type { Cluster } from "./clusters.ts";
import type { Events } from "./events.ts";
import type { Deployment, Service, ServiceSettings } from "./services.ts";
import type { Tags } from "./tags.ts";

/** A part of a service's tasks, of one revision, whose size is a share of the service's desired count. */
export class TaskSet {
  readonly of: Service;
  readonly arn: string;
  /** The name that the controller has for it: CodeDeploy's deployment. */
  readonly externalId: string | undefined;
  /** There is but one: it is all of one revision. */
  deployments: [Deployment, ...Deployment[]];
  lastCompleted?: Deployment;
  readonly tags: Tags;
  status: "ACTIVE" | "DRAINING" | "INACTIVE" = "ACTIVE";
  /** Percent of the service's desired count. */
  scale: number;
  updatedAt: Date;

  constructor(
    of: Service,
    its: {
      readonly arn: string;
      readonly deployment: Deployment;
      readonly scale: number;
      readonly externalId?: string | undefined;
      readonly tags: Tags;
    },
  ) {
    this.of = of;
    this.arn = its.arn;
    this.externalId = its.externalId;
    this.deployments = [its.deployment];
    this.scale = its.scale;
    this.tags = its.tags;
    this.updatedAt = its.deployment.createdAt;
  }

  get id(): string {
    return this.deployments[0].id;
  }

  get name(): string {
    return this.of.name;
  }

  get cluster(): Cluster {
    return this.of.cluster;
  }

  get events(): Events {
    return this.of.events;
  }

  get createdAt(): Date {
    return this.deployments[0].createdAt;
  }

  get desiredCount(): number {
    return this.status === "ACTIVE" ? Math.ceil((this.of.desiredCount * this.scale) / 100) : 0;
  }

  /** A set is all of one revision: the percents of a rolling update say nothing of it, and no circuit breaker watches it. */
  get settings(): ServiceSettings {
    const unlimited = { minimumHealthyPercent: 100, maximumPercent: 200 };
    return { ...this.of.settings, ...unlimited, circuitBreaker: { enable: false, rollback: false } };
  }
}
