import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeTasksCommand, type ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Outputs } from "../../infra/outputs.ts";
import { callApi, follow, type ServiceAt } from "../../scripts/api.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";

/** One swap's times, milliseconds. */
export interface Swap {
  /** From the POST until the weights were read back. */
  readonly toLive: number;
  /**
   * What no deployment can beat: from the moment that ECS was asked for the first staged task until the load balancer's
   * check had passed for the last one.
   */
  readonly bound: number;
  /** In Pulumi, by the run's own evidence. */
  readonly pulumi: number;
  /** From the POST: each step's begin and end, up to the shift. */
  readonly steps: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

export interface Measured {
  readonly at: ServiceAt;
  readonly stack: string;
  readonly outputs: Outputs;
  readonly ecs: ECSClient;
  readonly elbv2: ElasticLoadBalancingV2Client;
}

/** Milliseconds between two looks at the targets: the error of the bound. */
const lookEvery = 50;

/** Deploys and measures. @throws Error where the deployment did not succeed. */
export async function measureSwap(given: Measured, image: string): Promise<Swap> {
  const { at, stack } = given;
  const posted = Date.now();
  const asked = await callApi<Deployment>(at, "POST", "/deployments", { stack, image });
  const colour = asked.colour ?? "green";
  const healthy = healthyAt(given, colour, asked);
  let run = asked;
  for await (const seen of follow(at, asked.id)) run = seen;
  if (run.status !== "succeeded" || run.trafficLiveAt === undefined)
    throw new Error(`${image} did not go live: ${run.error?.detail ?? run.status}`);
  const since = (time: string | undefined) => Date.parse(time ?? "") - posted;
  const toLive = since(run.trafficLiveAt);
  const seenHealthy = await healthy;
  return {
    toLive,
    bound: seenHealthy - (await firstTaskAt(given, colour, posted)),
    pulumi: Number(/Pulumi took (\d+) ms/.exec(stepOf(run, "stage")?.evidence ?? "")?.[1]),
    steps: run.steps
      .filter(({ startedAt, finishedAt }) => startedAt && finishedAt && since(startedAt) <= toLive)
      .map(({ name, startedAt, finishedAt }) => ({ name, from: since(startedAt), to: since(finishedAt) })),
  };
}

/** Undoes it; resolves when the undone colour is at zero and drained. Answers the POST's time, epoch ms. */
export async function undoSwap({ at, stack, outputs, elbv2 }: Measured): Promise<number> {
  const posted = Date.now();
  const undo = await callApi<Deployment>(at, "POST", `/stacks/${stack}/undo`);
  let run = undo;
  for await (const seen of follow(at, undo.id)) run = seen;
  if (run.status !== "succeeded") throw new Error(`the undo ended as ${run.status}: ${run.error?.detail}`);
  const undone = run.from?.colour ?? "green";
  while ((await targets(elbv2, outputs.colours[undone].targetGroup)).length > 0) await sleep(250);
  return posted;
}

/** Epoch ms at which as many targets of the colour were healthy as the live colour has. */
async function healthyAt(
  { outputs, elbv2 }: Measured,
  colour: "blue" | "green",
  run: Deployment,
): Promise<number> {
  const live = run.from?.colour ?? "blue";
  const wanted = (await targets(elbv2, outputs.colours[live].targetGroup)).length;
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const states = await targets(elbv2, outputs.colours[colour].targetGroup);
    if (states.length >= wanted && states.every((state) => state === "healthy")) return Date.now();
    await sleep(lookEvery);
  }
  throw new Error(`${colour}'s targets were not healthy within 120 s`);
}

async function targets(elbv2: ElasticLoadBalancingV2Client, group: string): Promise<readonly string[]> {
  const { TargetHealthDescriptions } = await elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: group }),
  );
  return (TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth?.State ?? "");
}

/** Epoch ms at which ECS made the first task of this deployment. */
async function firstTaskAt(
  { outputs, ecs }: Measured,
  colour: "blue" | "green",
  posted: number,
): Promise<number> {
  const { cluster } = outputs;
  const { taskArns } = await ecs.send(
    new ListTasksCommand({ cluster, serviceName: outputs.colours[colour].service }),
  );
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  const made = (tasks ?? []).map(({ createdAt }) => createdAt?.getTime() ?? 0).filter((at) => at >= posted);
  if (made.length === 0) throw new Error(`${colour} has no task of this deployment`);
  return Math.min(...made);
}

function stepOf(run: Deployment, name: string) {
  return run.steps.find((step) => step.name === name);
}
