import type { CapacityProviderStrategyItem, ClusterSetting } from "@aws-sdk/client-ecs";
import type { Identity } from "../cloud.ts";
import { ecsArn, lastName } from "./arns.ts";
import { clusterNotFound } from "./refusals.ts";
import type { Tags } from "./tags.ts";

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  status: "ACTIVE" | "INACTIVE";
  settings: ClusterSetting[];
  capacityProviders: string[];
  defaultCapacityProviderStrategy: CapacityProviderStrategyItem[];
  readonly tags: Tags;
}

/** All clusters by name. One that was deleted stays, INACTIVE, until another takes its name. */
export class Clusters {
  readonly #clusters = new Map<string, Cluster>();
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  all(): readonly Cluster[] {
    return [...this.#clusters.values()];
  }

  arn(name: string): string {
    return ecsArn(this.#identity, "cluster", name);
  }

  add(cluster: Cluster): void {
    this.#clusters.set(cluster.name, cluster);
  }

  /** By name or ARN; without either the one that is named `default`. */
  get(nameOrArn = "default"): Cluster | undefined {
    const cluster = this.#clusters.get(lastName(nameOrArn));
    return nameOrArn.startsWith("arn:") && cluster?.arn !== nameOrArn ? undefined : cluster;
  }

  /** As `get`, for what needs one that is ACTIVE. Throws ClusterNotFoundException. */
  find(nameOrArn: string | undefined): Cluster {
    const cluster = this.get(nameOrArn);
    if (cluster?.status !== "ACTIVE") throw clusterNotFound();
    return cluster;
  }
}
