import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  CreateDeploymentGroupInput,
  DeploymentInfo,
  ECSTarget,
  RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import { ECRClient } from "@aws-sdk/client-ecr";
import { expect } from "chai";
import { type Clock, clockAt } from "../../../rehearsal/cloud/clock.ts";
import { createCodeDeploy, type CodeDeploy } from "../../../rehearsal/cloud/codedeploy/codedeploy.ts";
import { pushImage } from "../../../scripts/push.ts";
import { type Endpoint, startEndpoint } from "../api/endpoint.ts";
import { eventually } from "../eventually.ts";

/** A release that says its name; `crash` ends at once. */
const server = (release: string) => `
import { createServer } from "node:http";
if ("${release}" === "crash") process.exit(3);
const server = createServer((request, response) => response.end("${release}"));
server.listen(Number(process.env.PORT), process.env.HOST);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

export const cluster = "shop";
export const names = { applicationName: "shop", deploymentGroupName: "shop" };

/** A service that CodeDeploy deploys to, behind a production and a test listener. 1.0 stands on blue. */
export interface Stage {
  readonly endpoint: Endpoint;
  readonly codedeploy: CodeDeploy;
  /** What the group was made with; a test makes another one with changes. */
  readonly group: CreateDeploymentGroupInput;
  /** A revision of a release: `1.1`, or `crash`. */
  revision(release: string, hooks?: readonly Record<string, string>[]): Promise<RevisionLocation>;
  /** What customers get, or the test listener shows. */
  answers(listener?: "production" | "test"): Promise<string>;
  info(id: string): Promise<DeploymentInfo>;
  target(id: string): Promise<ECSTarget>;
  ended(id: string): Promise<DeploymentInfo>;
  /** Weights of the production rule, blue first. */
  weights(): Promise<readonly (number | undefined)[]>;
  close(): Promise<void>;
}

/** Minutes that a user configures go by a thousand times as fast, which they never do in a rehearsal. */
export async function openStage(changed: Partial<CreateDeploymentGroupInput> = {}): Promise<Stage> {
  const endpoint = await startEndpoint(20);
  const { ecs, ec2, elbv2, cloudwatch, ground } = endpoint.cloud;
  const quick = clockAt(1000);
  const fast: Clock = { ...ground.clock, real: (ms, signal) => quick.delay(ms, signal) };
  const codedeploy = createCodeDeploy(
    { ...ground, clock: fast },
    {
      ...{ ecs, elbv2, cloudwatch, taskSets: ecs.forCodeDeploy },
      invoke: (lambda) => Promise.reject(new Error(`There is no Lambda function ${lambda}.`)),
    },
  );
  // The endpoint answers from it, too.
  Object.assign(endpoint.cloud, { codedeploy });
  const ecr = new ECRClient(endpoint.client);
  await endpoint.cloud.ecr.CreateRepository({ repositoryName: "shop" });

  const { Vpc: { VpcId = "" } = {} } = await ec2.CreateVpc({ CidrBlock: "10.0.0.0/16" });
  const subnets = await Promise.all(
    ["a", "b"].map(async (zone, index) => {
      const where = { CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: `eu-central-1${zone}` };
      return (await ec2.CreateSubnet({ VpcId, ...where })).Subnet?.SubnetId ?? "";
    }),
  );
  const { InternetGateway } = await ec2.CreateInternetGateway({});
  await ec2.AttachInternetGateway({ VpcId, InternetGatewayId: InternetGateway?.InternetGatewayId });
  const { LoadBalancers } = await elbv2.CreateLoadBalancer({
    ...{ Name: "shop", Subnets: subnets, Scheme: "internet-facing" },
  });
  const { LoadBalancerArn, DNSName } = LoadBalancers?.[0] ?? {};
  const group = async (Name: string): Promise<string> => {
    const { TargetGroups } = await elbv2.CreateTargetGroup({
      ...{ Name, Protocol: "HTTP", Port: 8000, VpcId, TargetType: "ip", HealthCheckPath: "/" },
      ...{ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, HealthyThresholdCount: 2 },
    });
    const arn = TargetGroups?.[0]?.TargetGroupArn ?? "";
    await elbv2.ModifyTargetGroupAttributes({
      TargetGroupArn: arn,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "0" }],
    });
    return arn;
  };
  const [blue, green] = [await group("blue"), await group("green")];
  const forward = (first: number) => ({
    Type: "forward" as const,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: blue, Weight: first },
        { TargetGroupArn: green, Weight: 100 - first },
      ],
    },
  });
  // Production by a rule, the test listener by its default: CodeDeploy takes either.
  const [production, test] = await Promise.all([
    listener(8080, [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }]),
    listener(8081, [forward(100)]),
  ]);
  const { Rules } = await elbv2.CreateRule({
    ...{ ListenerArn: production, Priority: 1, Actions: [forward(100)] },
    Conditions: [{ Field: "path-pattern", Values: ["/*"] }],
  });
  await ecs.CreateCluster({ clusterName: cluster });
  const definitions = new Map<string, string>();
  await ecs.CreateService({
    ...{ cluster, serviceName: "shop", desiredCount: 2, launchType: "FARGATE" },
    taskDefinition: await definition("1.0"),
    networkConfiguration: { awsvpcConfiguration: { subnets } },
    loadBalancers: [{ targetGroupArn: blue, containerName: "shop", containerPort: 8000 }],
    deploymentController: { type: "CODE_DEPLOY" },
  });
  await codedeploy.CreateApplication({ applicationName: "shop", computePlatform: "ECS" });
  const input: CreateDeploymentGroupInput = {
    ...names,
    serviceRoleArn: "arn:aws:iam::123456789012:role/codedeploy",
    deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    ecsServices: [{ clusterName: cluster, serviceName: "shop" }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: [{ name: "blue" }, { name: "green" }],
          prodTrafficRoute: { listenerArns: [production] },
          testTrafficRoute: { listenerArns: [test] },
        },
      ],
    },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
    },
    autoRollbackConfiguration: {
      enabled: true,
      events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"],
    },
    ...changed,
  };
  await codedeploy.CreateDeploymentGroup(input);
  const answers: Stage["answers"] = async (of = "production") =>
    (await fetch(`http://${DNSName}:${of === "production" ? 8080 : 8081}/`)).text();
  await eventually(async () => expect(await answers()).to.equal("1.0"), 20_000);
  await eventually(async () => {
    const { taskSets } = await ecs.DescribeTaskSets({ cluster, service: "shop" });
    expect(taskSets?.[0]?.stabilityStatus).to.equal("STEADY_STATE");
  }, 20_000);

  const info: Stage["info"] = async (deploymentId) => {
    const { deploymentInfo } = await codedeploy.GetDeployment({ deploymentId });
    return deploymentInfo ?? {};
  };
  return {
    ...{ endpoint, codedeploy, answers, info, group: input },
    revision: async (release, hooks = []) => revisionOf(await definition(release), hooks),
    target: async (deploymentId) => {
      const { deploymentTarget } = await codedeploy.GetDeploymentTarget({
        ...{ deploymentId, targetId: `${cluster}:shop` },
      });
      return deploymentTarget?.ecsTarget ?? {};
    },
    ended: async (id) => {
      await eventually(async () => expect((await info(id)).completeTime).to.be.instanceOf(Date), 30_000);
      return info(id);
    },
    weights: async () => {
      const answer = await elbv2.DescribeRules({ RuleArns: [Rules?.[0]?.RuleArn ?? ""] });
      const groups = answer.Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
      return [blue, green].map((arn) => groups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight);
    },
    close: async () => {
      ecr.destroy();
      codedeploy.close();
      await endpoint.close();
    },
  };

  async function listener(
    Port: number,
    DefaultActions: Parameters<typeof elbv2.CreateListener>[0]["DefaultActions"],
  ) {
    const { Listeners } = await elbv2.CreateListener({
      LoadBalancerArn,
      Protocol: "HTTP",
      Port,
      DefaultActions,
    });
    return Listeners?.[0]?.ListenerArn ?? "";
  }

  async function definition(release: string): Promise<string> {
    const known = definitions.get(release);
    if (known !== undefined) return known;
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    try {
      const config = { Cmd: ["node", "server.mjs"], Env: ["PORT=8000"] };
      await writeFile(join(folder, "image.json"), JSON.stringify({ config }));
      await writeFile(join(folder, "server.mjs"), server(release));
      const digest = await pushImage({ folder, repository: "shop", tag: release, ecr });
      const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@${digest}`;
      const { taskDefinition } = await ecs.RegisterTaskDefinition({
        ...{ family: "shop", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
        ...{ cpu: "256", memory: "512", executionRoleArn: "arn:aws:iam::123456789012:role/tasks" },
        containerDefinitions: [
          { name: "shop", image, essential: true, portMappings: [{ containerPort: 8000 }] },
        ],
      });
      const arn = taskDefinition?.taskDefinitionArn ?? "";
      definitions.set(release, arn);
      return arn;
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}

function revisionOf(taskDefinition: string, hooks: readonly Record<string, string>[]): RevisionLocation {
  const content = JSON.stringify({
    version: 0,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: taskDefinition,
            LoadBalancerInfo: { ContainerName: "shop", ContainerPort: 8000 },
          },
        },
      },
    ],
    ...(hooks.length > 0 && { Hooks: hooks }),
  });
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { revisionType: "AppSpecContent", appSpecContent: { content, sha256 } };
}
