import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Outputs } from "../../infra/outputs.ts";
import type { Engine } from "./engine.ts";

const scaled = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;

/**
 * What an update must not move, as AWS has it: each service's task definition, ECS's own deployment (another one starts
 * its tasks anew), count and health grace, its suspended flags, and both rules' weights.
 */
export async function world(engine: Engine, outputs: Outputs) {
  const { cluster, colours, productionRule, testRule } = outputs;
  const [services, targets, rules] = await Promise.all([
    using(engine, ECSClient, (ecs) =>
      ecs.send(
        new DescribeServicesCommand({ cluster, services: [colours.blue.service, colours.green.service] }),
      ),
    ),
    using(engine, ApplicationAutoScalingClient, (scaling) =>
      scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" })),
    ),
    using(engine, ElasticLoadBalancingV2Client, (elb) =>
      Promise.all(
        [productionRule, testRule].map((arn) => elb.send(new DescribeRulesCommand({ RuleArns: [arn] }))),
      ),
    ),
  ]);
  const colour = ({ service, scalableTarget }: Outputs["colours"]["blue"]) => {
    const found = services.services?.find(({ serviceName }) => serviceName === service);
    const target = targets.ScalableTargets?.find(({ ResourceId }) => ResourceId === scalableTarget);
    if (!found || !target) throw new Error(`The service ${service} or its scalable target is missing.`);
    const { taskDefinition, desiredCount, capacityProviderStrategy, launchType } = found;
    return {
      ...{ taskDefinition, desiredCount, suspended: target.SuspendedState },
      healthGrace: found.healthCheckGracePeriodSeconds,
      deployment: found.deployments?.find(({ status }) => status === "PRIMARY")?.id,
      capacity: capacityProviderStrategy?.[0]?.capacityProvider ?? launchType,
    };
  };
  const [production, test] = rules.map(({ Rules }) => {
    const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    return Object.fromEntries<number>(
      groups.map(({ TargetGroupArn = "", Weight = -1 }) => [TargetGroupArn, Weight]),
    );
  });
  return { blue: colour(colours.blue), green: colour(colours.green), production, test };
}

/**
 * Moves, as deployments and autoscaling do, all that the program only sets at the creation: production's weights to
 * 30/70, the test rule to blue, the counts to 2/1, and each suspended flag of each colour over.
 */
export async function moveOn(engine: Engine, { cluster, colours, productionRule, testRule }: Outputs) {
  const { blue, green } = colours;
  await using(engine, ElasticLoadBalancingV2Client, async (elb) => {
    const weigh = (RuleArn: string, ...weights: readonly (readonly [string, number])[]) => {
      const TargetGroups = weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
      const Actions = [{ Type: "forward" as const, ForwardConfig: { TargetGroups } }];
      return elb.send(new ModifyRuleCommand({ RuleArn, Actions }));
    };
    await weigh(productionRule, [blue.targetGroup, 30], [green.targetGroup, 70]);
    await weigh(testRule, [blue.targetGroup, 100]);
  });
  await using(engine, ApplicationAutoScalingClient, async (scaling) => {
    // Blue begins with tasks and nothing suspended, green with none and everything.
    for (const [{ scalableTarget }, flag] of [[blue, true] as const, [green, false] as const])
      await scaling.send(
        new RegisterScalableTargetCommand({
          ...{ ...scaled, ResourceId: scalableTarget },
          SuspendedState: {
            DynamicScalingInSuspended: flag,
            DynamicScalingOutSuspended: flag,
            ScheduledScalingSuspended: flag,
          },
        }),
      );
  });
  await using(engine, ECSClient, async (ecs) => {
    for (const [{ service }, desiredCount] of [[blue, 2] as const, [green, 1] as const])
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
  });
}

/** A client of the engine's AWS, which is ended after `use`. */
export async function using<Client extends { destroy(): void }, Answer>(
  engine: Engine,
  Made: new (settings: object) => Client,
  use: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new Made({ region: "eu-central-1", endpoint: engine.aws.awsEndpoint, credentials });
  return use(client).finally(() => client.destroy());
}
