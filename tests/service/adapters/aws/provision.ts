import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { CreateLogGroupCommand, CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { createHash } from "node:crypto";
import type { Outputs } from "../../../../infra/outputs.ts";
import type { Colour } from "../../../../infra/release.ts";
import { outputs } from "../../fakes/fakeStack.ts";

const region = "eu-central-1";

/**
 * Makes what a stack has, with the SDK alone and as little of it as the adapters touch: two empty services behind a
 * load balancer with two rules, one image `shop:1.1`. Answers it as the program would.
 */
export async function provision(endpoint: string): Promise<Outputs> {
  const settings = { region, endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  const network = await makeNetwork(new EC2Client(settings));
  const balancing = await makeBalancing(new ElasticLoadBalancingV2Client(settings), network);
  const ecs = new ECSClient(settings);
  const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: "shop" }));
  const logs = new CloudWatchLogsClient(settings);
  const scaling = new ApplicationAutoScalingClient(settings);
  for (const colour of ["blue", "green"] as const) {
    await logs.send(new CreateLogGroupCommand({ logGroupName: `/shop/${colour}` }));
    await makeService(ecs, { colour, network, targetGroup: balancing.groups[colour] });
    const target = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;
    const ResourceId = `service/shop/shop-${colour}`;
    await scaling.send(
      new RegisterScalableTargetCommand({ ...target, ResourceId, MinCapacity: 1, MaxCapacity: 10 }),
    );
  }
  const known = outputs();
  return {
    ...known,
    region,
    cluster: cluster?.clusterArn ?? "",
    repository: await makeRepository(new ECRClient(settings)),
    productionRule: balancing.productionRule,
    testRule: balancing.testRule,
    subnets: network.subnets,
    securityGroups: [network.securityGroup],
    colours: {
      blue: { ...known.colours.blue, targetGroup: balancing.groups.blue },
      green: { ...known.colours.green, targetGroup: balancing.groups.green },
    },
  };
}

interface Network {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

async function makeNetwork(ec2: EC2Client): Promise<Network> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.20.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const subnets: string[] = [];
  for (const [index, zone] of ["a", "b"].entries()) {
    const place = { VpcId, CidrBlock: `10.20.${index}.0/24`, AvailabilityZone: `${region}${zone}` };
    const { Subnet } = await ec2.send(new CreateSubnetCommand(place));
    subnets.push(Subnet?.SubnetId ?? "");
  }
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: "shop", Description: "shop" }),
  );
  return { vpc: VpcId, subnets, securityGroup: group.GroupId ?? "" };
}

async function makeBalancing(elbv2: ElasticLoadBalancingV2Client, network: Network) {
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name: "shop",
      Subnets: [...network.subnets],
      SecurityGroups: [network.securityGroup],
    }),
  );
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  const makeGroup = async (colour: Colour) => {
    const command = new CreateTargetGroupCommand({
      Name: `shop-${colour}`,
      Protocol: "HTTP",
      Port: 8080,
      VpcId: network.vpc,
      TargetType: "ip",
    });
    return (await elbv2.send(command)).TargetGroups?.[0]?.TargetGroupArn ?? "";
  };
  const groups = { blue: await makeGroup("blue"), green: await makeGroup("green") };
  const makeRule = async (Port: number) => {
    const refuse = { Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } } as const;
    const made = await elbv2.send(
      new CreateListenerCommand({ LoadBalancerArn, Port, Protocol: "HTTP", DefaultActions: [refuse] }),
    );
    const weighted = [
      { TargetGroupArn: groups.blue, Weight: 100 },
      { TargetGroupArn: groups.green, Weight: 0 },
    ];
    const { Rules } = await elbv2.send(
      new CreateRuleCommand({
        ListenerArn: made.Listeners?.[0]?.ListenerArn ?? "",
        Priority: 1,
        Conditions: [{ Field: "path-pattern", Values: ["/*"] }],
        Actions: [{ Type: "forward", ForwardConfig: { TargetGroups: weighted } }],
      }),
    );
    return Rules?.[0]?.RuleArn ?? "";
  };
  return { groups, productionRule: await makeRule(8080), testRule: await makeRule(8081) };
}

async function makeService(
  ecs: ECSClient,
  what: { readonly colour: Colour; readonly network: Network; readonly targetGroup: string },
): Promise<void> {
  const { colour, network, targetGroup } = what;
  const name = `shop-${colour}`;
  const options = {
    "awslogs-group": `/shop/${colour}`,
    "awslogs-stream-prefix": "shop",
    "awslogs-region": region,
  };
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      executionRoleArn: "arn:aws:iam::123456789012:role/shop",
      containerDefinitions: [
        {
          name: "shop",
          image: "shop:1.1",
          essential: true,
          // ECS does not need it on Fargate; moto does.
          memory: 512,
          portMappings: [{ containerPort: 8080 }],
          logConfiguration: { logDriver: "awslogs", options },
        },
      ],
    }),
  );
  const awsvpcConfiguration = { subnets: [...network.subnets], securityGroups: [network.securityGroup] };
  await ecs.send(
    new CreateServiceCommand({
      cluster: "shop",
      serviceName: name,
      desiredCount: 0,
      launchType: "FARGATE",
      taskDefinition: taskDefinition?.taskDefinitionArn ?? "",
      networkConfiguration: { awsvpcConfiguration },
      loadBalancers: [{ targetGroupArn: targetGroup, containerName: "shop", containerPort: 8080 }],
    }),
  );
}

async function makeRepository(ecr: ECRClient): Promise<string> {
  const made = await ecr.send(new CreateRepositoryCommand({ repositoryName: "shop" }));
  const digest = `sha256:${createHash("sha256").update("nothing").digest("hex")}`;
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", size: 7, digest },
    layers: [],
  });
  await ecr.send(new PutImageCommand({ repositoryName: "shop", imageManifest, imageTag: "1.1" }));
  return made.repository?.repositoryUri ?? "";
}
