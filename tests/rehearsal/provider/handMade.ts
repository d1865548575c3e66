import type { TestCloud } from "./cloud.ts";

export interface Import {
  readonly type: string;
  /** As the real provider's documentation names it for an import. */
  readonly id: string;
  /** What a program says of it; an import fails where AWS has something else. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

const trust = '{"Version":"2012-10-17","Statement":[]}';
const lifecycle = '{"rules":[]}';

/** Makes a resource of each type as any client of AWS would, and says what Pulumi must find. */
export async function makeAll(cloud: TestCloud): Promise<readonly Import[]> {
  const { ec2, iam, logs, ecr, cloudwatch, autoscaling, elbv2, ecs, codedeploy } = cloud;
  const { Vpc } = await ec2.CreateVpc({
    CidrBlock: "10.0.0.0/16",
    TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "by", Value: "hand" }] }],
  });
  const VpcId = Vpc?.VpcId ?? "";
  const subnet = async (zone: string, CidrBlock: string) => {
    const { Subnet } = await ec2.CreateSubnet({ VpcId, CidrBlock, AvailabilityZone: `eu-central-1${zone}` });
    return Subnet?.SubnetId ?? "";
  };
  // A load balancer needs two zones.
  const SubnetId = await subnet("a", "10.0.1.0/24");
  const second = await subnet("b", "10.0.2.0/24");
  const { RouteTable } = await ec2.CreateRouteTable({ VpcId });
  const RouteTableId = RouteTable?.RouteTableId ?? "";
  await ec2.AssociateRouteTable({ RouteTableId, SubnetId });
  const { InternetGateway } = await ec2.CreateInternetGateway({});
  const GatewayId = InternetGateway?.InternetGatewayId ?? "";
  await ec2.AttachInternetGateway({ InternetGatewayId: GatewayId, VpcId });
  await ec2.CreateRoute({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId });
  const { AllocationId = "" } = await ec2.AllocateAddress({ Domain: "vpc" });
  const { NatGateway } = await ec2.CreateNatGateway({ SubnetId, AllocationId });
  const { GroupId = "" } = await ec2.CreateSecurityGroup({ GroupName: "a", Description: "d", VpcId });
  const web = { GroupId, IpProtocol: "tcp", FromPort: 80, ToPort: 80, CidrIp: "10.0.0.0/8" };
  const { SecurityGroupRules: ingress } = await ec2.AuthorizeSecurityGroupIngress(web);
  const { SecurityGroupRules: rules = [] } = await ec2.DescribeSecurityGroupRules({
    Filters: [{ Name: "group-id", Values: [GroupId] }],
  });
  const egress = rules.find(({ IsEgress }) => IsEgress)?.SecurityGroupRuleId ?? "";

  const { LoadBalancers } = await elbv2.CreateLoadBalancer({
    ...{ Name: "a", Type: "application", Scheme: "internet-facing", Subnets: [SubnetId, second] },
    SecurityGroups: [GroupId],
  });
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  const { TargetGroups } = await elbv2.CreateTargetGroup({
    ...{ Name: "a", Port: 80, Protocol: "HTTP", TargetType: "ip", VpcId, HealthCheckPath: "/healthz" },
  });
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
  const Actions = [{ Type: "forward" as const, TargetGroupArn }];
  const { Listeners } = await elbv2.CreateListener({
    ...{ LoadBalancerArn, Port: 8080, Protocol: "HTTP", DefaultActions: Actions },
  });
  const ListenerArn = Listeners?.[0]?.ListenerArn ?? "";
  const Conditions = [{ Field: "path-pattern", PathPatternConfig: { Values: ["/a"] } }];
  const { Rules } = await elbv2.CreateRule({ ListenerArn, Priority: 7, Actions, Conditions });

  await ecs.CreateCluster({ clusterName: "a" });
  await ecs.PutClusterCapacityProviders({
    ...{ cluster: "a", capacityProviders: ["FARGATE"], defaultCapacityProviderStrategy: [] },
  });
  const { taskDefinition } = await ecs.RegisterTaskDefinition({
    ...{ family: "a", cpu: "256", memory: "512", containerDefinitions: [{ name: "a", image: "a:1" }] },
    ...{ networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
  });
  const revision = taskDefinition?.taskDefinitionArn ?? "";
  await ecs.CreateService({
    ...{ cluster: "a", serviceName: "a", taskDefinition: revision, desiredCount: 0, launchType: "FARGATE" },
    networkConfiguration: { awsvpcConfiguration: { subnets: [SubnetId] } },
  });
  const dimension = "ecs:service:DesiredCount" as const;
  await autoscaling.RegisterScalableTarget({
    ...{ ServiceNamespace: "ecs", ResourceId: "service/a/a", ScalableDimension: dimension },
    ...{ MinCapacity: 0, MaxCapacity: 2 },
  });

  const deploymentConfigName = "CodeDeployDefault.ECSAllAtOnce";
  const serviceRoleArn = "arn:aws:iam::123456789012:role/a";
  const { TargetGroups: others } = await elbv2.CreateTargetGroup({
    ...{ Name: "b", Port: 80, Protocol: "HTTP", TargetType: "ip", VpcId },
  });
  await ecs.CreateService({
    ...{ cluster: "a", serviceName: "b", taskDefinition: revision, desiredCount: 0, launchType: "FARGATE" },
    networkConfiguration: { awsvpcConfiguration: { subnets: [SubnetId] } },
    deploymentController: { type: "CODE_DEPLOY" },
  });
  await codedeploy.CreateApplication({ applicationName: "a", computePlatform: "ECS" });
  await codedeploy.CreateDeploymentConfig({
    ...{ deploymentConfigName: "c", computePlatform: "ECS" },
    trafficRoutingConfig: {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: 5, canaryInterval: 2 },
    },
  });
  await codedeploy.CreateDeploymentGroup({
    ...{ applicationName: "a", deploymentGroupName: "g", deploymentConfigName, serviceRoleArn },
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    ecsServices: [{ clusterName: "a", serviceName: "b" }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: [{ name: "a" }, { name: "b" }],
          prodTrafficRoute: { listenerArns: [ListenerArn] },
        },
      ],
    },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 5 },
    },
  });

  const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  await iam.CreateRole({ RoleName: "a", AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200 });
  await iam.PutRolePolicy({ RoleName: "a", PolicyName: "p", PolicyDocument: trust });
  await iam.AttachRolePolicy({ RoleName: "a", PolicyArn });
  await logs.CreateLogGroup({ logGroupName: "/a" });
  await logs.PutRetentionPolicy({ logGroupName: "/a", retentionInDays: 3 });
  await ecr.CreateRepository({ repositoryName: "shop", imageTagMutability: "IMMUTABLE" });
  await ecr.PutLifecyclePolicy({ repositoryName: "shop", lifecyclePolicyText: lifecycle });
  await cloudwatch.PutMetricAlarm({
    ...{ AlarmName: "a", MetricName: "m", Namespace: "n", Statistic: "Sum", Threshold: 2, Period: 60 },
    ...{ ComparisonOperator: "GreaterThanThreshold", EvaluationPeriods: 1 },
  });

  const actions = [{ type: "forward", targetGroupArn: TargetGroupArn }];
  return [
    { type: "aws:ec2/vpc:Vpc", id: VpcId, inputs: { cidrBlock: "10.0.0.0/16", tags: { by: "hand" } } },
    { type: "aws:ec2/subnet:Subnet", id: SubnetId, inputs: { vpcId: VpcId, cidrBlock: "10.0.1.0/24" } },
    { type: "aws:ec2/subnet:Subnet", id: second, inputs: { vpcId: VpcId, cidrBlock: "10.0.2.0/24" } },
    { type: "aws:ec2/routeTable:RouteTable", id: RouteTableId, inputs: { vpcId: VpcId } },
    {
      ...{ type: "aws:ec2/routeTableAssociation:RouteTableAssociation", id: `${SubnetId}/${RouteTableId}` },
      inputs: { subnetId: SubnetId, routeTableId: RouteTableId },
    },
    {
      ...{ type: "aws:ec2/route:Route", id: `${RouteTableId}_0.0.0.0/0` },
      inputs: { routeTableId: RouteTableId, destinationCidrBlock: "0.0.0.0/0", gatewayId: GatewayId },
    },
    { type: "aws:ec2/internetGateway:InternetGateway", id: GatewayId, inputs: { vpcId: VpcId } },
    { type: "aws:ec2/eip:Eip", id: AllocationId, inputs: { domain: "vpc" } },
    {
      ...{ type: "aws:ec2/natGateway:NatGateway", id: NatGateway?.NatGatewayId ?? "" },
      inputs: { subnetId: SubnetId, allocationId: AllocationId },
    },
    {
      ...{ type: "aws:ec2/securityGroup:SecurityGroup", id: GroupId },
      inputs: { name: "a", description: "d", vpcId: VpcId },
    },
    {
      type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      id: ingress?.[0]?.SecurityGroupRuleId ?? "",
      inputs: {
        securityGroupId: GroupId,
        ipProtocol: "tcp",
        fromPort: 80,
        toPort: 80,
        cidrIpv4: "10.0.0.0/8",
      },
    },
    {
      ...{ type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", id: egress },
      inputs: { securityGroupId: GroupId, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
    },
    {
      type: "aws:lb/loadBalancer:LoadBalancer",
      id: LoadBalancerArn,
      inputs: { name: "a", subnets: [SubnetId, second] },
    },
    {
      ...{ type: "aws:lb/targetGroup:TargetGroup", id: TargetGroupArn },
      inputs: { name: "a", port: 80, targetType: "ip", vpcId: VpcId },
    },
    {
      ...{ type: "aws:lb/targetGroup:TargetGroup", id: others?.[0]?.TargetGroupArn ?? "" },
      inputs: { name: "b", port: 80, targetType: "ip", vpcId: VpcId },
    },
    {
      type: "aws:lb/listener:Listener",
      id: ListenerArn,
      inputs: { loadBalancerArn: LoadBalancerArn, port: 8080, defaultActions: actions },
    },
    {
      ...{ type: "aws:lb/listenerRule:ListenerRule", id: Rules?.[0]?.RuleArn ?? "" },
      inputs: {
        listenerArn: ListenerArn,
        priority: 7,
        actions,
        conditions: [{ pathPattern: { values: ["/a"] } }],
      },
    },
    { type: "aws:ecs/cluster:Cluster", id: "a", inputs: { name: "a" } },
    {
      ...{ type: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", id: "a" },
      inputs: { clusterName: "a", capacityProviders: ["FARGATE"] },
    },
    {
      type: "aws:ecs/taskDefinition:TaskDefinition",
      id: revision,
      inputs: {
        family: "a",
        cpu: "256",
        memory: "512",
        requiresCompatibilities: ["FARGATE"],
        containerDefinitions: '[{"name":"a","image":"a:1"}]',
      },
    },
    {
      type: "aws:ecs/service:Service",
      id: "a/a",
      inputs: {
        name: "a",
        taskDefinition: "a:1",
        cluster: "a",
        networkConfiguration: { subnets: [SubnetId] },
      },
    },
    {
      type: "aws:ecs/service:Service",
      id: "a/b",
      inputs: {
        ...{ name: "b", taskDefinition: "a:1", cluster: "a" },
        networkConfiguration: { subnets: [SubnetId] },
        deploymentController: { type: "CODE_DEPLOY" },
      },
    },
    {
      ...{ type: "aws:appautoscaling/target:Target", id: `ecs/service/a/a/${dimension}` },
      inputs: {
        serviceNamespace: "ecs",
        resourceId: "service/a/a",
        scalableDimension: dimension,
        minCapacity: 0,
        maxCapacity: 2,
      },
    },
    {
      ...{ type: "aws:codedeploy/application:Application", id: "a" },
      inputs: { name: "a", computePlatform: "ECS" },
    },
    {
      ...{ type: "aws:codedeploy/deploymentConfig:DeploymentConfig", id: "c" },
      inputs: {
        ...{ deploymentConfigName: "c", computePlatform: "ECS" },
        trafficRoutingConfig: { type: "TimeBasedCanary", timeBasedCanary: { percentage: 5, interval: 2 } },
      },
    },
    {
      ...{ type: "aws:codedeploy/deploymentGroup:DeploymentGroup", id: "a:g" },
      inputs: {
        ...{ appName: "a", deploymentGroupName: "g", deploymentConfigName, serviceRoleArn },
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        ecsService: { clusterName: "a", serviceName: "b" },
        loadBalancerInfo: {
          targetGroupPairInfo: {
            prodTrafficRoute: { listenerArns: [ListenerArn] },
            targetGroups: [{ name: "b" }, { name: "a" }],
          },
        },
      },
    },
    {
      type: "aws:iam/role:Role",
      id: "a",
      inputs: { name: "a", assumeRolePolicy: trust, maxSessionDuration: 7200 },
    },
    { type: "aws:iam/rolePolicy:RolePolicy", id: "a:p", inputs: { role: "a", name: "p", policy: trust } },
    {
      ...{ type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", id: `a/${PolicyArn}` },
      inputs: { role: "a", policyArn: PolicyArn },
    },
    { type: "aws:cloudwatch/logGroup:LogGroup", id: "/a", inputs: { name: "/a", retentionInDays: 3 } },
    {
      ...{ type: "aws:ecr/repository:Repository", id: "shop" },
      inputs: { name: "shop", imageTagMutability: "IMMUTABLE" },
    },
    {
      ...{ type: "aws:ecr/lifecyclePolicy:LifecyclePolicy", id: "shop" },
      inputs: { repository: "shop", policy: lifecycle },
    },
    {
      ...{ type: "aws:cloudwatch/metricAlarm:MetricAlarm", id: "a" },
      inputs: {
        name: "a",
        metricName: "m",
        namespace: "n",
        threshold: 2,
        statistic: "Sum",
        period: 60,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
      },
    },
  ];
}
