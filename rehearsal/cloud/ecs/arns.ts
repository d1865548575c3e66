import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Identity } from "../cloud.ts";

/** `arn:aws:ecs:<region>:<account>:<kind>/<name>`; a service's and a task's name begin with their cluster's. */
export function ecsArn({ region, account }: Identity, kind: string, ...names: readonly string[]): string {
  return `arn:aws:ecs:${region}:${account}:${[kind, ...names].join("/")}`;
}

/** What a name or an ARN ends with: `shop` of `arn:aws:ecs:…:service/cluster/shop`. */
export function lastName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}

/** 32 hex digits. */
export function newTaskId(): string {
  return randomUUID().replaceAll("-", "");
}

/** 19 digits, as those of ECS begin. */
export function newDeploymentId(): string {
  return `ecs-svc/${randomInt(1_000_000_000, 9_999_999_999)}${String(randomInt(1_000_000_000)).padStart(9, "0")}`;
}

/** 17 hex digits: `eni-0123456789abcdef0`. */
export function newInterfaceId(): string {
  return `eni-${randomBytes(9).toString("hex").slice(1)}`;
}
