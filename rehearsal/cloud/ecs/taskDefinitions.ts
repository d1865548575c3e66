import type * as sdk from "@aws-sdk/client-ecs";
import type { Identity } from "../cloud.ts";
import { ecsArn, lastName } from "./arns.ts";
import { client, inactiveDefinition } from "./refusals.ts";
import type { Tags } from "./tags.ts";

/** One revision, as ECS describes it. */
export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  status: sdk.TaskDefinitionStatus;
  deregisteredAt?: Date;
  deleteRequestedAt?: Date;
  readonly containers: readonly Container[];
  /** All that does not change. */
  readonly described: sdk.TaskDefinition;
  readonly tags: Tags;
}

/** A container definition that was checked. */
export type Container = sdk.ContainerDefinition & { name: string; image: string; essential: boolean };

/** All revisions, by family. */
export class TaskDefinitions {
  readonly #families = new Map<string, TaskDefinition[]>();
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  all(): readonly TaskDefinition[] {
    return [...this.#families.values()].flat();
  }

  arn(family: string, revision: number): string {
    return ecsArn(this.#identity, "task-definition", `${family}:${revision}`);
  }

  nextRevision(family: string): number {
    return (this.#families.get(family)?.at(-1)?.revision ?? 0) + 1;
  }

  add(definition: TaskDefinition): void {
    this.#families.set(definition.family, [...(this.#families.get(definition.family) ?? []), definition]);
  }

  /** By ARN or `family:revision`, in any status; by `family` its newest that is ACTIVE. */
  get(name: string): TaskDefinition | undefined {
    const [family = "", revision] = lastName(name).split(":");
    const revisions = this.#families.get(family);
    const found =
      revision === undefined
        ? revisions?.findLast(({ status }) => status === "ACTIVE")
        : revisions?.find((one) => String(one.revision) === revision);
    return name.startsWith("arn:") && revision !== undefined && found?.arn !== name ? undefined : found;
  }

  /** As `get`, for what starts tasks. Throws ClientException where there is none or it is not ACTIVE. */
  usable(name: string): TaskDefinition {
    const found = this.get(name);
    if (!found) throw client("TaskDefinition not found.");
    if (found.status !== "ACTIVE") throw inactiveDefinition();
    return found;
  }
}
