import type * as sdk from "@aws-sdk/client-ecs";
import type { Identity } from "../cloud.ts";
import { ecsArn, lastName } from "./arns.ts";
import type { Cluster } from "./clusters.ts";
import type { Events } from "./events.ts";
import { serviceNotActive, serviceNotFound } from "./refusals.ts";
import type { Tags } from "./tags.ts";
import type { TaskDefinition } from "./taskDefinitions.ts";
import type { TaskSet } from "./taskSet.ts";

/** What one scheduler keeps up. */
export type Kept = Service | TaskSet;

export interface Service {
  readonly name: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly createdAt: Date;
  /** Who decides what is deployed. With CODE_DEPLOY the tasks are those of the task sets, and the service has none besides. */
  readonly controller: "ECS" | "CODE_DEPLOY";
  /** The primary one first. */
  taskSets: readonly TaskSet[];
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desiredCount: number;
  settings: ServiceSettings;
  /** The primary one first, then those that it replaces, newest first. With task sets, the primary set's. */
  deployments: [Deployment, ...Deployment[]];
  /** Where the circuit breaker goes back to. */
  lastCompleted?: Deployment;
  readonly events: Events;
  readonly tags: Tags;
}

/** What an update changes without a deployment. */
export interface ServiceSettings {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly circuitBreaker: sdk.DeploymentCircuitBreaker;
  readonly alarms?: sdk.DeploymentAlarms | undefined;
  /** Seconds. */
  readonly healthCheckGracePeriodSeconds?: number | undefined;
  readonly propagateTags: sdk.PropagateTags;
  readonly enableECSManagedTags: boolean;
  readonly enableExecuteCommand: boolean;
  readonly availabilityZoneRebalancing: sdk.AvailabilityZoneRebalancing;
  readonly role?: string | undefined;
}

/** What tasks are started from. A change of it is a deployment. */
export interface Revision {
  readonly taskDefinition: TaskDefinition;
  readonly launchType?: sdk.LaunchType | undefined;
  readonly capacityProviderStrategy?: readonly sdk.CapacityProviderStrategyItem[] | undefined;
  readonly platformVersion?: string | undefined;
  readonly network?: sdk.NetworkConfiguration | undefined;
  readonly loadBalancers: readonly sdk.LoadBalancer[];
}

export interface Deployment {
  /** `ecs-svc/<19 digits>`. */
  readonly id: string;
  readonly revision: Revision;
  readonly createdAt: Date;
  updatedAt: Date;
  finishedAt?: Date;
  rolloutState: sdk.DeploymentRolloutState;
  rolloutStateReason: string;
  /** Tasks that failed since one got healthy. */
  failedTasks: number;
  /** The circuit breaker went back to another. */
  rolledBackTo?: string;
}

/** All services. One that was deleted stays, INACTIVE, until another takes its name. */
export class Services {
  readonly #services = new Map<string, Service>();
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  arn(cluster: Cluster, name: string): string {
    return ecsArn(this.#identity, "service", cluster.name, name);
  }

  add(service: Service): void {
    this.#services.set(service.arn, service);
  }

  of(cluster: Cluster): readonly Service[] {
    return [...this.#services.values()].filter((service) => service.cluster === cluster);
  }

  all(): readonly Service[] {
    return [...this.#services.values()];
  }

  /** By name or ARN, in any status. */
  get(cluster: Cluster, nameOrArn: string): Service | undefined {
    const found = this.#services.get(this.arn(cluster, lastName(nameOrArn)));
    return found?.cluster === cluster ? found : undefined;
  }

  /** As `get`, for what changes one. Throws ServiceNotFoundException, ServiceNotActiveException. */
  active(cluster: Cluster, nameOrArn: string): Service {
    const found = this.get(cluster, nameOrArn);
    if (!found) throw serviceNotFound();
    if (found.status !== "ACTIVE") throw serviceNotActive();
    return found;
  }
}

export function primary(kept: Kept): Deployment {
  return kept.deployments[0];
}

/** The service that the tasks belong to. */
export function ownerOf(kept: Kept): Service {
  return "of" in kept ? kept.of : kept;
}
