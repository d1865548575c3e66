import { expect } from "chai";
import * as aas from "@aws-sdk/client-application-auto-scaling";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as ecr from "@aws-sdk/client-ecr";
import * as iam from "@aws-sdk/client-iam";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as sts from "@aws-sdk/client-sts";
import { type Endpoint, startEndpoint } from "./endpoint.ts";
import { idleService } from "./idleService.ts";

/** What a client got, without its own notes and without what is not there. */
function bare(output: object): unknown {
  return without(output, "$metadata");
}

function without(value: unknown, note: string): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, note));
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, one]) => name !== note && one !== undefined)
      .map(([name, one]) => [name, without(one, note)]),
  );
}

describe("AWS's SDK at the endpoint", function () {
  // The first request to EC2 waits until its model is read.
  this.timeout(30_000);
  let endpoint: Endpoint;

  before(async () => {
    endpoint = await startEndpoint();
  });
  after(() => endpoint.close());

  it("reads over ec2Query exactly what the cloud holds", async () => {
    const client = new ec2.EC2Client(endpoint.client);
    const tagged = `<"shop" & 'é'>`;
    const { Vpc } = await client.send(
      new ec2.CreateVpcCommand({
        CidrBlock: "10.0.0.0/16",
        TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: tagged }] }],
      }),
    );
    const VpcId = Vpc?.VpcId ?? "";
    const { Subnet } = await client.send(new ec2.CreateSubnetCommand({ VpcId, CidrBlock: "10.0.1.0/24" }));
    const SubnetId = Subnet?.SubnetId ?? "";
    const { AllocationId } = await client.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }));
    const { NatGateway } = await client.send(new ec2.CreateNatGatewayCommand({ SubnetId, AllocationId }));
    await ec2.waitUntilNatGatewayAvailable(
      { client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 },
      { NatGatewayIds: [NatGateway?.NatGatewayId ?? ""] },
    );
    const { GroupId } = await client.send(
      new ec2.CreateSecurityGroupCommand({ VpcId, GroupName: "lb", Description: "d" }),
    );
    await client.send(
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          {
            IpProtocol: "tcp",
            FromPort: 80,
            ToPort: 80,
            IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "all" }],
          },
        ],
      }),
    );
    await client.send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));

    const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
    const pairs: [Promise<object>, Promise<object>][] = [
      [client.send(new ec2.DescribeVpcsCommand({})), endpoint.cloud.ec2.DescribeVpcs({})],
      [client.send(new ec2.DescribeSubnetsCommand({ Filters })), endpoint.cloud.ec2.DescribeSubnets({})],
      [client.send(new ec2.DescribeAddressesCommand({})), endpoint.cloud.ec2.DescribeAddresses({})],
      [client.send(new ec2.DescribeNatGatewaysCommand({})), endpoint.cloud.ec2.DescribeNatGateways({})],
      [
        client.send(new ec2.DescribeRouteTablesCommand({ Filters })),
        endpoint.cloud.ec2.DescribeRouteTables({}),
      ],
      [client.send(new ec2.DescribeSecurityGroupsCommand({})), endpoint.cloud.ec2.DescribeSecurityGroups({})],
      [
        client.send(new ec2.DescribeSecurityGroupRulesCommand({})),
        endpoint.cloud.ec2.DescribeSecurityGroupRules({}),
      ],
      [
        client.send(new ec2.DescribeNetworkInterfacesCommand({})),
        endpoint.cloud.ec2.DescribeNetworkInterfaces({}),
      ],
      [client.send(new ec2.DescribeNetworkAclsCommand({})), endpoint.cloud.ec2.DescribeNetworkAcls({})],
      [client.send(new ec2.DescribeTagsCommand({})), endpoint.cloud.ec2.DescribeTags({})],
      [
        client.send(new ec2.DescribeAvailabilityZonesCommand({})),
        endpoint.cloud.ec2.DescribeAvailabilityZones({}),
      ],
      [
        client.send(new ec2.DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsHostnames" })),
        endpoint.cloud.ec2.DescribeVpcAttribute({ VpcId, Attribute: "enableDnsHostnames" }),
      ],
    ];
    for (const [wire, direct] of pairs) expect(bare(await wire)).to.deep.equal(bare(await direct));
    const { Tags } = await client.send(new ec2.DescribeTagsCommand({}));
    expect(Tags?.[0]?.Value).to.equal(tagged);
    const dryRun = client.send(new ec2.CreateVpcCommand({ CidrBlock: "10.1.0.0/16", DryRun: true }));
    expect(await dryRun.catch((error: Error) => error.name)).to.equal("DryRunOperation");
    expect((await client.send(new ec2.DescribeVpcsCommand({}))).Vpcs).to.have.length(1);
  });

  it("reads over awsQuery what the cloud holds, and gets IAM's own exceptions", async () => {
    const client = new iam.IAMClient(endpoint.client);
    const RoleName = "tasks";
    await client.send(
      new iam.CreateRoleCommand({
        ...{ RoleName, AssumeRolePolicyDocument: '{"a":"<&>"}', Description: "two\r\nlines" },
        Tags: [{ Key: "k", Value: "" }],
      }),
    );
    await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: "{}" }));
    expect(bare(await client.send(new iam.GetRoleCommand({ RoleName })))).to.deep.equal(
      bare(await endpoint.cloud.iam.GetRole({ RoleName })),
    );
    await client.send(new iam.TagRoleCommand({ RoleName, Tags: [{ Key: "b", Value: "c" }] }));
    expect((await client.send(new iam.ListRoleTagsCommand({ RoleName }))).Tags).to.have.length(2);
    const conflict = await client
      .send(new iam.DeleteRoleCommand({ RoleName }))
      .catch((error: unknown) => error);
    expect(conflict).to.be.instanceOf(iam.DeleteConflictException);
    expect(conflict).to.nested.include({ "$metadata.httpStatusCode": 409 });
    const none = await client
      .send(new iam.GetRoleCommand({ RoleName: "no" }))
      .catch((error: unknown) => error);
    expect(none).to.be.instanceOf(iam.NoSuchEntityException);
    expect(none).to.have.property("message", "The role with name no cannot be found.");
    expect(
      bare(await new sts.STSClient(endpoint.client).send(new sts.GetCallerIdentityCommand({}))),
    ).to.deep.equal(await endpoint.cloud.sts.GetCallerIdentity({}));
  });

  it("reads over awsJson what the cloud holds", async () => {
    const log = new logs.CloudWatchLogsClient(endpoint.client);
    await log.send(new logs.CreateLogGroupCommand({ logGroupName: "/shop", tags: { a: "b" } }));
    await log.send(new logs.CreateLogStreamCommand({ logGroupName: "/shop", logStreamName: "s" }));
    const logEvents = [{ timestamp: 1_700_000_000_123, message: "a\u0000b\n" }];
    await log.send(new logs.PutLogEventsCommand({ logGroupName: "/shop", logStreamName: "s", logEvents }));
    const position = { logGroupName: "/shop", logStreamName: "s" };
    expect(bare(await log.send(new logs.GetLogEventsCommand(position)))).to.deep.equal(
      bare(await endpoint.cloud.logs.GetLogEvents(position)),
    );
    expect(bare(await log.send(new logs.DescribeLogStreamsCommand({ logGroupName: "/shop" })))).to.deep.equal(
      bare(await endpoint.cloud.logs.DescribeLogStreams({ logGroupName: "/shop" })),
    );

    const secret = new secrets.SecretsManagerClient(endpoint.client);
    const SecretBinary = Uint8Array.of(0, 255, 7);
    await secret.send(new secrets.CreateSecretCommand({ Name: "bytes", SecretBinary }));
    const { SecretBinary: read, CreatedDate } = await secret.send(
      new secrets.GetSecretValueCommand({ SecretId: "bytes" }),
    );
    expect(read).to.deep.equal(SecretBinary);
    expect(CreatedDate).to.be.instanceOf(Date);

    const scaling = new aas.ApplicationAutoScalingClient(endpoint.client);
    await scaling.send(
      new aas.RegisterScalableTargetCommand({
        ...{
          ServiceNamespace: "ecs",
          ResourceId: await idleService(endpoint.cloud),
          ScalableDimension: "ecs:service:DesiredCount",
        },
        ...{ MinCapacity: 1, MaxCapacity: 2, SuspendedState: { DynamicScalingOutSuspended: true } },
      }),
    );
    const asked = { ServiceNamespace: "ecs" } as const;
    expect(bare(await scaling.send(new aas.DescribeScalableTargetsCommand(asked)))).to.deep.equal(
      bare(await endpoint.cloud.autoscaling.DescribeScalableTargets(asked)),
    );
  });

  it("reads CloudWatch's alarms, and its errors by their old and new names", async () => {
    const client = new cloudwatch.CloudWatchClient(endpoint.client);
    await client.send(
      new cloudwatch.PutMetricAlarmCommand({
        ...{ AlarmName: "a", Namespace: "n", MetricName: "m", Threshold: 0.5, EvaluationPeriods: 1 },
        ...{ ComparisonOperator: "GreaterThanThreshold", Dimensions: [{ Name: "d", Value: "v" }] },
      }),
    );
    expect(bare(await client.send(new cloudwatch.DescribeAlarmsCommand({})))).to.deep.equal(
      bare(await endpoint.cloud.cloudwatch.DescribeAlarms({})),
    );
    const none = await client
      .send(new cloudwatch.SetAlarmStateCommand({ AlarmName: "no", StateValue: "OK", StateReason: "r" }))
      .catch((error: unknown) => error);
    expect(none).to.be.instanceOf(cloudwatch.ResourceNotFound);
  });

  it("reads load balancers, rules and services as the cloud holds them", async () => {
    const { cloud } = endpoint;
    const { Vpc } = await cloud.ec2.CreateVpc({ CidrBlock: "10.2.0.0/16" });
    const VpcId = Vpc?.VpcId ?? "";
    const Subnets: string[] = [];
    for (const [index, zone] of ["a", "b"].entries()) {
      const place = { CidrBlock: `10.2.${index}.0/24`, AvailabilityZone: `eu-central-1${zone}` };
      Subnets.push((await cloud.ec2.CreateSubnet({ VpcId, ...place })).Subnet?.SubnetId ?? "");
    }
    const client = new elb.ElasticLoadBalancingV2Client(endpoint.client);
    const { InternetGateway } = await cloud.ec2.CreateInternetGateway({});
    await cloud.ec2.AttachInternetGateway({ VpcId, InternetGatewayId: InternetGateway?.InternetGatewayId });
    const { LoadBalancers } = await client.send(new elb.CreateLoadBalancerCommand({ Name: "lb", Subnets }));
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
    const { TargetGroups } = await client.send(
      new elb.CreateTargetGroupCommand({
        ...{ Name: "blue", Protocol: "HTTP", Port: 8000, VpcId, TargetType: "ip" },
        Matcher: { HttpCode: "200-299" },
      }),
    );
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
    const fixed = { StatusCode: "503", ContentType: "text/plain", MessageBody: "a <b> & c" };
    const { Listeners } = await client.send(
      new elb.CreateListenerCommand({
        ...{ LoadBalancerArn, Protocol: "HTTP", Port: 8080 },
        DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: fixed }],
      }),
    );
    const ListenerArn = Listeners?.[0]?.ListenerArn;
    await client.send(
      new elb.CreateRuleCommand({
        ...{ ListenerArn, Priority: 7, Conditions: [{ Field: "path-pattern", Values: ["/*"] }] },
        Actions: [{ Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn, Weight: 0 }] } }],
      }),
    );
    const cluster = { clusterName: "shop", tags: [{ key: "a", value: "b" }] };
    const ecsClient = new ecs.ECSClient(endpoint.client);
    await ecsClient.send(new ecs.CreateClusterCommand(cluster));
    const { taskDefinition } = await ecsClient.send(
      new ecs.RegisterTaskDefinitionCommand({
        ...{ family: "blue", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
        ...{ cpu: "256", memory: "512" },
        containerDefinitions: [{ name: "shop", image: "shop:1", portMappings: [{ containerPort: 8000 }] }],
      }),
    );
    const asked = { taskDefinition: taskDefinition?.taskDefinitionArn };
    await ecsClient.send(
      new ecs.CreateServiceCommand({
        ...{ cluster: "shop", serviceName: "blue", desiredCount: 0, launchType: "FARGATE", ...asked },
        networkConfiguration: { awsvpcConfiguration: { subnets: Subnets } },
        loadBalancers: [{ targetGroupArn: TargetGroupArn, containerName: "shop", containerPort: 8000 }],
      }),
    );

    const services = { cluster: "shop", services: ["blue", "none"] };
    const pairs: [Promise<object>, Promise<object>][] = [
      [client.send(new elb.DescribeLoadBalancersCommand({})), cloud.elbv2.DescribeLoadBalancers({})],
      [client.send(new elb.DescribeTargetGroupsCommand({})), cloud.elbv2.DescribeTargetGroups({})],
      [
        client.send(new elb.DescribeListenersCommand({ LoadBalancerArn })),
        cloud.elbv2.DescribeListeners({ LoadBalancerArn }),
      ],
      [
        client.send(new elb.DescribeRulesCommand({ ListenerArn })),
        cloud.elbv2.DescribeRules({ ListenerArn }),
      ],
      [
        client.send(new elb.DescribeTargetGroupAttributesCommand({ TargetGroupArn })),
        cloud.elbv2.DescribeTargetGroupAttributes({ TargetGroupArn }),
      ],
      [ecsClient.send(new ecs.DescribeServicesCommand(services)), cloud.ecs.DescribeServices(services)],
      [ecsClient.send(new ecs.DescribeTaskDefinitionCommand(asked)), cloud.ecs.DescribeTaskDefinition(asked)],
      [
        ecsClient.send(new ecs.DescribeClustersCommand({ clusters: ["shop"], include: ["TAGS"] })),
        cloud.ecs.DescribeClusters({ clusters: ["shop"], include: ["TAGS"] }),
      ],
    ];
    for (const [wire, direct] of pairs) expect(bare(await wire)).to.deep.equal(bare(await direct));
    const none = await client
      .send(new elb.DescribeRulesCommand({ ListenerArn: `${ListenerArn}0` }))
      .catch((error: unknown) => error);
    expect(none).to.be.instanceOf(elb.ListenerNotFoundException);
    const noCluster = await ecsClient
      .send(new ecs.DescribeServicesCommand({ cluster: "none", services: ["blue"] }))
      .catch((error: unknown) => error);
    expect(noCluster).to.be.instanceOf(ecs.ClusterNotFoundException);
  });

  it("gets ECR's exceptions, and an error for every operation and parameter that is not there", async () => {
    const client = new ecr.ECRClient(endpoint.client);
    const repositoryName = "shop";
    await client.send(new ecr.CreateRepositoryCommand({ repositoryName }));
    const name = (sent: Promise<unknown>) =>
      sent.then(
        () => "success",
        (error: Error) => error.name,
      );
    expect(await name(client.send(new ecr.CreateRepositoryCommand({ repositoryName })))).to.equal(
      "RepositoryAlreadyExistsException",
    );
    expect(await name(client.send(new ecr.DescribeRegistryCommand({})))).to.equal(
      "UnknownOperationException",
    );
    // The SDK sends only what its model has, so this request is written by hand.
    const response = await fetch(endpoint.url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.ListImages",
      },
      body: JSON.stringify({ repositoryName, colour: "blue" }),
    });
    expect(response.status).to.equal(400);
    expect(response.headers.get("x-amzn-requestid")).to.match(/^[0-9a-f-]{36}$/);
    expect(await response.json()).to.deep.equal({
      ...{ __type: "UnknownParameter", message: "The parameter colour is not recognized" },
    });
  });
});
