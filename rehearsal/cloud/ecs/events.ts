import { randomUUID } from "node:crypto";
import type * as sdk from "@aws-sdk/client-ecs";
import type { LifeReport } from "./taskLife.ts";

/** ECS shows the newest of these. */
const kept = 100;

/** What a service says about itself, newest first, in ECS's own words. */
export class Events {
  readonly list: sdk.ServiceEvent[] = [];
  readonly #service: string;
  readonly #now: () => Date;

  constructor(service: string, now: () => Date) {
    this.#service = service;
    this.#now = now;
  }

  /** `sentence` follows `(service <name>) `. The same sentence twice in a row is said once. */
  say(sentence: string): void {
    const message = `(service ${this.#service}) ${sentence}`;
    if (this.list[0]?.message === message && !/registered|draining/.test(message)) return;
    this.list.unshift({ id: randomUUID(), createdAt: this.#now(), message });
    this.list.length = Math.min(this.list.length, kept);
  }

  report(what: LifeReport, task: string): void {
    this.say(sentenceOf(what, task));
  }
}

export const sentences = {
  started: (tasks: readonly string[]) =>
    `has started ${tasks.length} tasks: ${tasks.map((task) => `(task ${task})`).join(" ")}.`,
  steady: () => "has reached a steady state.",
  completed: (deployment: string) => `(deployment ${deployment}) deployment completed.`,
  failed: (deployment: string, backTo?: string) =>
    `(deployment ${deployment}) deployment failed: tasks failed to start.` +
    (backTo === undefined ? "" : ` rolling back to deployment (deployment ${backTo}).`),
  unhealthy: (of: {
    readonly task: string;
    readonly port: number;
    readonly targetGroup: string;
    readonly why: string;
  }) =>
    `(task ${of.task}) (port ${of.port}) is unhealthy in (target-group ${of.targetGroup}) due to (reason ${of.why}).`,
  noInstances: () =>
    "was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.",
  noCapacity: () =>
    "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
  throttled: () =>
    "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
  blocked: () =>
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
} as const;

function sentenceOf(what: LifeReport, task: string): string {
  switch (what.kind) {
    case "registered":
      return `registered 1 targets in (target-group ${what.targetGroup})`;
    case "deregistered":
      return `deregistered 1 targets in (target-group ${what.targetGroup})`;
    case "not registered":
      return `failed to register targets in (target-group ${what.targetGroup}) with (error ${what.why})`;
    case "draining":
      return "has begun draining connections on 1 tasks.";
    case "stopped":
      return `has stopped 1 running tasks: (task ${task}).`;
  }
}
