import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import { pushImage } from "../../../scripts/push.ts";
import { eventually } from "../eventually.ts";
import { type AwsCli, awsCli } from "./awsCli.ts";
import { type RehearsalProcess, startRehearsal } from "./rehearsalProcess.ts";

/** A release that says its name, logs that it listens, and ends when it is told to. */
const server = (release: string) => `
import { createServer } from "node:http";
const server = createServer((request, response) => response.end("${release}"));
server.listen(Number(process.env.PORT), process.env.HOST, () => console.log("${release} listens"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

const cluster = "shop";

describe("A swap by AWS's own SDK and CLI", function () {
  this.timeout(120_000);
  let rehearsal: RehearsalProcess;
  let aws: AwsCli;
  const made = { network: "", loadBalancer: "", listener: "", rule: "", url: "" };
  const groups: Record<string, string> = {};
  /** The services that were created. */
  const standing: string[] = [];
  let clients: {
    readonly ec2: ec2.EC2Client;
    readonly ecr: ecr.ECRClient;
    readonly ecs: ecs.ECSClient;
    readonly elb: elb.ElasticLoadBalancingV2Client;
    readonly logs: logs.CloudWatchLogsClient;
  };
  const waiting = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 };

  before(async () => {
    rehearsal = await startRehearsal(20);
    const client = {
      ...{ endpoint: rehearsal.awsEndpoint, region: "eu-central-1" },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    clients = {
      ec2: new ec2.EC2Client(client),
      ecr: new ecr.ECRClient(client),
      ecs: new ecs.ECSClient(client),
      elb: new elb.ElasticLoadBalancingV2Client(client),
      logs: new logs.CloudWatchLogsClient(client),
    };
  });
  after(async () => {
    expect(await rehearsal.stop(), rehearsal.log()).to.equal(0);
  });

  async function push(release: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    try {
      const config = { Cmd: ["node", "server.mjs"], Env: ["PORT=8000"] };
      await writeFile(join(folder, "image.json"), JSON.stringify({ config }));
      await writeFile(join(folder, "server.mjs"), server(release));
      const digest = await pushImage({ folder, repository: "shop", tag: release, ecr: clients.ecr });
      return `123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@${digest}`;
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  const answered = async () => (await fetch(made.url)).text();

  it("builds a network and a load balancer", async () => {
    const { Vpc } = await clients.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const VpcId = Vpc?.VpcId ?? "";
    const subnets = await Promise.all(
      ["a", "b"].map(async (zone, index) => {
        const { Subnet } = await clients.ec2.send(
          new ec2.CreateSubnetCommand({
            ...{ VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: `eu-central-1${zone}` },
          }),
        );
        return Subnet?.SubnetId ?? "";
      }),
    );
    const { InternetGateway } = await clients.ec2.send(new ec2.CreateInternetGatewayCommand({}));
    await clients.ec2.send(
      new ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId: InternetGateway?.InternetGatewayId }),
    );
    const { LoadBalancers } = await clients.elb.send(
      new elb.CreateLoadBalancerCommand({ Name: "shop", Subnets: subnets, Scheme: "internet-facing" }),
    );
    made.network = subnets[0] ?? "";
    made.loadBalancer = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    made.url = `http://${LoadBalancers?.[0]?.DNSName}:8080/`;
    await elb.waitUntilLoadBalancerAvailable(
      { client: clients.elb, ...waiting },
      { LoadBalancerArns: [made.loadBalancer] },
    );
    for (const colour of ["blue", "green"]) {
      const { TargetGroups } = await clients.elb.send(
        new elb.CreateTargetGroupCommand({
          ...{ Name: colour, Protocol: "HTTP", Port: 8000, VpcId, TargetType: "ip", HealthCheckPath: "/" },
          ...{ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, HealthyThresholdCount: 2 },
        }),
      );
      groups[colour] = TargetGroups?.[0]?.TargetGroupArn ?? "";
    }
    const { Listeners } = await clients.elb.send(
      new elb.CreateListenerCommand({
        ...{ LoadBalancerArn: made.loadBalancer, Protocol: "HTTP", Port: 8080 },
        DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }],
      }),
    );
    made.listener = Listeners?.[0]?.ListenerArn ?? "";
    expect((await fetch(made.url)).status).to.equal(503);
    const { Rules } = await clients.elb.send(
      new elb.CreateRuleCommand({
        ...{ ListenerArn: made.listener, Priority: 1 },
        Conditions: [{ Field: "path-pattern", Values: ["/*"] }],
        Actions: [weighted(100)],
      }),
    );
    made.rule = Rules?.[0]?.RuleArn ?? "";
    expect(Rules?.[0]).to.nested.include({ "Actions[0].ForwardConfig.TargetGroups[1].Weight": 0 });
  });

  it("starts blue and waits for it with the SDK's waiter", async () => {
    await clients.ecr.send(new ecr.CreateRepositoryCommand({ repositoryName: "shop" }));
    await clients.ecs.send(new ecs.CreateClusterCommand({ clusterName: cluster }));
    await clients.logs.send(new logs.CreateLogGroupCommand({ logGroupName: "/shop" }));
    await create("blue", await push("1.0"));
    await ecs.waitUntilServicesStable({ client: clients.ecs, ...waiting }, { cluster, services: ["blue"] });
    await eventually(async () => expect(await answered()).to.equal("1.0"), 20_000);
    await eventually(async () => {
      const { events } = await clients.logs.send(
        new logs.FilterLogEventsCommand({ logGroupName: "/shop", filterPattern: '"1.0 listens"' }),
      );
      expect(events).to.have.length(2);
    });
  });

  it("starts green and swaps with the aws CLI", async function () {
    aws = await awsCli(this, rehearsal.awsEndpoint);
    await create("green", await push("1.1"));
    await aws("ecs", "wait", "services-stable", "--cluster", cluster, "--services", "green");
    const described = await aws("ecs", "describe-services", "--cluster", cluster, "--services", "green");
    expect(described).to.nested.include({ "services[0].runningCount": 2, "services[0].status": "ACTIVE" });
    await eventually(async () => {
      const health = await aws("elbv2", "describe-target-health", "--target-group-arn", groups.green ?? "");
      expect(health).to.nested.include({
        ...{ "TargetHealthDescriptions[0].TargetHealth.State": "healthy" },
        ...{ "TargetHealthDescriptions[1].TargetHealth.State": "healthy" },
      });
    }, 30_000);
    const actions = JSON.stringify([weighted(0)]);
    await aws("elbv2", "modify-rule", "--rule-arn", made.rule, "--actions", actions);
    for (let request = 0; request < 10; request += 1) expect(await answered()).to.equal("1.1");
    const rules = await aws("elbv2", "describe-rules", "--listener-arn", made.listener);
    expect(rules).to.nested.include({ "Rules[0].Actions[0].ForwardConfig.TargetGroups[1].Weight": 100 });
    const listeners = await aws(
      ...["elbv2", "modify-listener", "--listener-arn", made.listener, "--default-actions"],
      '[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"404"}}]',
    );
    expect(listeners).to.nested.include({
      "Listeners[0].DefaultActions[0].FixedResponseConfig.StatusCode": "404",
    });
  });

  it("takes everything down again", async () => {
    // Green is the aws CLI's part, which is not on every machine.
    const services = [...standing];
    for (const service of services)
      await clients.ecs.send(new ecs.DeleteServiceCommand({ cluster, service, force: true }));
    await ecs.waitUntilServicesInactive({ client: clients.ecs, ...waiting }, { cluster, services });
    await clients.elb.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: made.loadBalancer }));
    await eventually(async () => {
      const refused = await fetch(made.url).then(
        () => "answered",
        () => "refused",
      );
      expect(refused).to.equal("refused");
    });
  });

  function weighted(blue: number): elb.Action {
    return {
      Type: "forward",
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: groups.blue, Weight: blue },
          { TargetGroupArn: groups.green, Weight: 100 - blue },
        ],
      },
    };
  }

  async function create(colour: string, image: string): Promise<void> {
    const { taskDefinition } = await clients.ecs.send(
      new ecs.RegisterTaskDefinitionCommand({
        ...{ family: colour, networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
        ...{ cpu: "256", memory: "512", executionRoleArn: "arn:aws:iam::123456789012:role/tasks" },
        containerDefinitions: [
          {
            ...{ name: "shop", image, essential: true, portMappings: [{ containerPort: 8000 }] },
            logConfiguration: {
              logDriver: "awslogs",
              options: {
                ...{ "awslogs-group": "/shop", "awslogs-region": "eu-central-1" },
                "awslogs-stream-prefix": colour,
              },
            },
          },
        ],
      }),
    );
    await clients.ecs.send(
      new ecs.CreateServiceCommand({
        ...{ cluster, serviceName: colour, desiredCount: 2, launchType: "FARGATE" },
        taskDefinition: taskDefinition?.taskDefinitionArn,
        networkConfiguration: { awsvpcConfiguration: { subnets: [made.network] } },
        loadBalancers: [{ targetGroupArn: groups[colour], containerName: "shop", containerPort: 8000 }],
      }),
    );
    standing.push(colour);
  }
});
