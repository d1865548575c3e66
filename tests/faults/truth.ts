import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  paginateListTaskDefinitions,
  paginateListTasks,
} from "@aws-sdk/client-ecs";
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Outputs } from "../../infra/outputs.ts";
import { colours, type Colour } from "../../infra/release.ts";
import type { Connection } from "../../scripts/connection.ts";
import { credentials } from "../../scripts/pulumiEnvironment.ts";

/** What AWS itself says, asked without anybody in between. */
export interface Truth {
  /** The release on the heavier colour, and both weights in percent, the heavier one first. */
  live(): Promise<{ readonly release: string; readonly weights: readonly number[] }>;
  idle(): Promise<{ readonly idle: Colour; readonly desired: number }>;
  /** ARNs of the task definitions that ECS would still start. */
  activeRevisions(): Promise<readonly string[]>;
  /** ARNs, of running and of stopped ones. */
  tasksStartedBy(startedBy: string): Promise<readonly string[]>;
  close(): void;
}

export function openTruth({ awsEndpoint, region }: Connection, outputs: Outputs): Truth {
  const settings = { endpoint: awsEndpoint, region, credentials };
  const ecs = new ECSClient(settings);
  const elbv2 = new ElasticLoadBalancingV2Client(settings);
  const { cluster } = outputs;

  /** Both colours, the heavier one first. */
  async function weighed(): Promise<readonly { readonly colour: Colour; readonly weight: number }[]> {
    const { Rules } = await elbv2.send(new DescribeRulesCommand({ RuleArns: [outputs.productionRule] }));
    const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    const weight = (arn: string) => groups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight ?? 0;
    return colours
      .map((colour) => ({ colour, weight: weight(outputs.colours[colour].targetGroup) }))
      .sort((a, b) => b.weight - a.weight);
  }

  async function service(colour: Colour) {
    const command = new DescribeServicesCommand({ cluster, services: [outputs.colours[colour].service] });
    const found = (await ecs.send(command)).services?.[0];
    if (!found) throw new Error(`the service of ${colour} is gone`);
    return found;
  }

  return {
    live: async () => {
      const sides = await weighed();
      const weights = sides.map(({ weight }) => weight);
      const { taskDefinition } = await service(sides[0]?.colour ?? "blue");
      const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      const environment = answer.taskDefinition?.containerDefinitions?.[0]?.environment;
      const release = environment?.find(({ name }) => name === "TURNOUT_RELEASE")?.value ?? "unknown";
      return { release, weights };
    },
    idle: async () => {
      const idle = (await weighed())[1]?.colour ?? "green";
      return { idle, desired: (await service(idle)).desiredCount ?? -1 };
    },
    activeRevisions: async () => {
      const found: string[] = [];
      for await (const page of paginateListTaskDefinitions({ client: ecs }, { status: "ACTIVE" }))
        found.push(...(page.taskDefinitionArns ?? []));
      return found;
    },
    tasksStartedBy: async (startedBy) => {
      const found: string[] = [];
      for (const desiredStatus of ["RUNNING", "STOPPED"] as const)
        for await (const page of paginateListTasks({ client: ecs }, { cluster, startedBy, desiredStatus }))
          found.push(...(page.taskArns ?? []));
      return found;
    },
    close: () => {
      ecs.destroy();
      elbv2.destroy();
    },
  };
}
