import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LoadBalancer } from "@aws-sdk/client-ecs";
import type { Clock } from "../clock.ts";
import type { Operations } from "../operations.ts";
import { AwsError } from "../awsError.ts";

/** What ECS asks of the load balancer about its tasks. */
export type TargetOperations = Operations<
  typeof sdk,
  "DescribeTargetGroups" | "RegisterTargets" | "DeregisterTargets" | "DescribeTargetHealth"
>;

/** A task's place in a target group. */
export interface Place {
  readonly targetGroup: string;
  readonly address: string;
  readonly port: number;
}

/** How often a draining target is looked at, in milliseconds. */
const lookEvery = 250;

export function placesOf(address: string, loadBalancers: readonly LoadBalancer[]): readonly Place[] {
  return loadBalancers.map(({ targetGroupArn = "", containerPort = 0 }) => ({
    targetGroup: targetGroupArn,
    ...{ address, port: containerPort },
  }));
}

export async function register(elbv2: TargetOperations, place: Place): Promise<void> {
  await elbv2.RegisterTargets(named(place));
}

/** Takes a target out of its group; one whose group is gone is out already. */
export async function deregister(elbv2: TargetOperations, place: Place): Promise<void> {
  await unlessGone(() => elbv2.DeregisterTargets(named(place)));
}

/** Resolves when the target's requests have ended or the deregistration delay is over, or on abort. */
export async function drained(
  elbv2: TargetOperations,
  place: Place,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const answer = await unlessGone(() => elbv2.DescribeTargetHealth(named(place)));
    const state = answer?.TargetHealthDescriptions?.[0]?.TargetHealth?.State;
    if (state !== "draining" && state !== "unhealthy.draining") return;
    await clock.delay(lookEvery, signal).catch(() => {});
  }
}

/** What the load balancer says of a group's targets, by `address:port`. Empty where the group is gone. */
export async function healthOf(
  elbv2: TargetOperations,
  targetGroup: string,
): Promise<ReadonlyMap<string, sdk.TargetHealth>> {
  const answer = await unlessGone(() => elbv2.DescribeTargetHealth({ TargetGroupArn: targetGroup }));
  return new Map(
    (answer?.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => [
      `${Target?.Id}:${Target?.Port}`,
      TargetHealth ?? {},
    ]),
  );
}

function named({ targetGroup, address, port }: Place) {
  return { TargetGroupArn: targetGroup, Targets: [{ Id: address, Port: port }] };
}

async function unlessGone<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AwsError && /TargetGroupNotFound|InvalidTarget/.test(error.code)) return undefined;
    throw error;
  }
}
