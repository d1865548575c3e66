import type { Recorded } from "./engine.ts";
import type { TestCloud } from "./cloud.ts";

/** Something that another client of AWS does to a resource of the program. */
export interface Change {
  readonly type: string;
  readonly name: string;
  /** The properties in which it shows. */
  readonly shows: string;
  readonly act: (cloud: TestCloud, resource: Recorded) => Promise<unknown>;
}

const text = (resource: Recorded, name: string) => String(resource.outputs?.[name]);

/** One a type that can be changed at all; each must be seen by a refresh and undone by an update. */
export const changes: readonly Change[] = [
  {
    ...{ type: "aws:ec2/vpc:Vpc", name: "net", shows: "enableDnsHostnames" },
    act: ({ ec2 }, { id }) => ec2.ModifyVpcAttribute({ VpcId: id, EnableDnsHostnames: { Value: false } }),
  },
  {
    ...{ type: "aws:ec2/subnet:Subnet", name: "net-public-1", shows: "mapPublicIpOnLaunch" },
    act: ({ ec2 }, { id }) =>
      ec2.ModifySubnetAttribute({ SubnetId: id, MapPublicIpOnLaunch: { Value: false } }),
  },
  {
    ...{ type: "aws:ec2/routeTable:RouteTable", name: "net-public-1", shows: "tags" },
    act: ({ ec2 }, { id }) => ec2.CreateTags({ Resources: [id ?? ""], Tags: [{ Key: "by", Value: "hand" }] }),
  },
  {
    ...{ type: "aws:ec2/internetGateway:InternetGateway", name: "net", shows: "tags" },
    act: ({ ec2 }, { id }) => ec2.DeleteTags({ Resources: [id ?? ""], Tags: [{ Key: "Name" }] }),
  },
  {
    ...{ type: "aws:ec2/natGateway:NatGateway", name: "net-1", shows: "tags" },
    act: ({ ec2 }, { id }) => ec2.CreateTags({ Resources: [id ?? ""], Tags: [{ Key: "Name", Value: "x" }] }),
  },
  {
    ...{ type: "aws:ec2/eip:Eip", name: "nat", shows: "tags" },
    act: ({ ec2 }, { id }) => ec2.CreateTags({ Resources: [id ?? ""], Tags: [{ Key: "a", Value: "1" }] }),
  },
  {
    ...{ type: "aws:ec2/route:Route", name: "net-private-2", shows: "gatewayId, natGatewayId" },
    act: async ({ ec2 }, resource) => {
      const { InternetGateways } = await ec2.DescribeInternetGateways({});
      return ec2.ReplaceRoute({
        ...{ RouteTableId: text(resource, "routeTableId"), DestinationCidrBlock: "0.0.0.0/0" },
        GatewayId: InternetGateways?.[0]?.InternetGatewayId,
      });
    },
  },
  {
    ...{ type: "aws:ec2/securityGroup:SecurityGroup", name: "inline", shows: "ingress" },
    act: ({ ec2 }, { id }) =>
      ec2.AuthorizeSecurityGroupIngress({
        ...{ GroupId: id, IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" },
      }),
  },
  {
    ...{ type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name: "web", shows: "cidrIpv4" },
    act: ({ ec2 }, resource) =>
      ec2.ModifySecurityGroupRules({
        GroupId: text(resource, "securityGroupId"),
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: resource.id,
            SecurityGroupRule: { IpProtocol: "tcp", FromPort: 80, ToPort: 80, CidrIpv4: "10.0.0.0/8" },
          },
        ],
      }),
  },
  {
    ...{
      type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
      name: "out",
      shows: "ipProtocol, fromPort, toPort",
    },
    act: ({ ec2 }, resource) =>
      ec2.ModifySecurityGroupRules({
        GroupId: text(resource, "securityGroupId"),
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: resource.id,
            SecurityGroupRule: {
              ...{ IpProtocol: "tcp", FromPort: 1, ToPort: 2 },
              ReferencedGroupId: text(resource, "referencedSecurityGroupId"),
            },
          },
        ],
      }),
  },
  {
    ...{ type: "aws:lb/loadBalancer:LoadBalancer", name: "front", shows: "idleTimeout" },
    act: ({ elbv2 }, { id }) =>
      elbv2.ModifyLoadBalancerAttributes({
        ...{ LoadBalancerArn: id, Attributes: [{ Key: "idle_timeout.timeout_seconds", Value: "99" }] },
      }),
  },
  {
    ...{ type: "aws:lb/targetGroup:TargetGroup", name: "blue", shows: "healthCheck" },
    act: ({ elbv2 }, { id }) => elbv2.ModifyTargetGroup({ TargetGroupArn: id, HealthCheckPath: "/other" }),
  },
  {
    ...{ type: "aws:lb/targetGroup:TargetGroup", name: "green", shows: "deregistrationDelay" },
    act: ({ elbv2 }, { id }) =>
      elbv2.ModifyTargetGroupAttributes({
        TargetGroupArn: id,
        Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "99" }],
      }),
  },
  {
    ...{ type: "aws:lb/listener:Listener", name: "front", shows: "defaultActions" },
    act: ({ elbv2 }, { id }) =>
      elbv2.ModifyListener({
        ListenerArn: id,
        DefaultActions: [
          {
            Type: "fixed-response",
            FixedResponseConfig: { ContentType: "text/plain", MessageBody: "no", StatusCode: "500" },
          },
        ],
      }),
  },
  {
    ...{ type: "aws:lb/listenerRule:ListenerRule", name: "plain", shows: "conditions" },
    act: ({ elbv2 }, { id }) =>
      elbv2.ModifyRule({
        RuleArn: id,
        Conditions: [{ Field: "host-header", HostHeaderConfig: { Values: ["c.test"] } }],
      }),
  },
  {
    ...{ type: "aws:ecs/cluster:Cluster", name: "shop", shows: "settings" },
    act: ({ ecs }, { id }) =>
      ecs.UpdateCluster({ cluster: id, settings: [{ name: "containerInsights", value: "disabled" }] }),
  },
  {
    type: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    ...{ name: "shop", shows: "capacityProviders" },
    act: ({ ecs }, { id }) =>
      ecs.PutClusterCapacityProviders({
        ...{ cluster: id, capacityProviders: ["FARGATE"], defaultCapacityProviderStrategy: [] },
      }),
  },
  {
    ...{ type: "aws:ecs/taskDefinition:TaskDefinition", name: "shop", shows: "tags" },
    act: ({ ecs }, resource) =>
      ecs.TagResource({ resourceArn: text(resource, "arn"), tags: [{ key: "by", value: "hand" }] }),
  },
  {
    ...{ type: "aws:ecs/service:Service", name: "shop", shows: "taskDefinition" },
    act: async ({ ecs }, resource) => {
      const { taskDefinition } = await ecs.DescribeTaskDefinition({ taskDefinition: "shop" });
      const { containerDefinitions, family, cpu, memory, networkMode, requiresCompatibilities } =
        taskDefinition ?? {};
      const { taskDefinition: other } = await ecs.RegisterTaskDefinition({
        ...{ family, containerDefinitions, cpu, memory, networkMode, requiresCompatibilities },
        executionRoleArn: taskDefinition?.executionRoleArn,
      });
      return ecs.UpdateService({
        ...{ cluster: text(resource, "cluster"), service: resource.id },
        taskDefinition: other?.taskDefinitionArn,
      });
    },
  },
  {
    ...{ type: "aws:appautoscaling/target:Target", name: "shop", shows: "maxCapacity" },
    act: ({ autoscaling }, { id }) =>
      autoscaling.RegisterScalableTarget({
        ...{ ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" },
        ...{ ResourceId: id, MaxCapacity: 9 },
      }),
  },
  {
    ...{ type: "aws:codedeploy/application:Application", name: "shop", shows: "tags" },
    act: ({ codedeploy }, resource) =>
      codedeploy.TagResource({ ResourceArn: text(resource, "arn"), Tags: [{ Key: "by", Value: "hand" }] }),
  },
  {
    type: "aws:codedeploy/deploymentGroup:DeploymentGroup",
    ...{ name: "shop", shows: "deploymentConfigName, blueGreenDeploymentConfig" },
    act: ({ codedeploy }, resource) =>
      codedeploy.UpdateDeploymentGroup({
        applicationName: text(resource, "appName"),
        currentDeploymentGroupName: "shop",
        deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 5 },
          terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 7 },
        },
      }),
  },
  {
    ...{ type: "aws:iam/role:Role", name: "task", shows: "assumeRolePolicy" },
    act: ({ iam }, { id }) =>
      iam.UpdateAssumeRolePolicy({ RoleName: id, PolicyDocument: '{"Statement":[]}' }),
  },
  {
    ...{ type: "aws:iam/rolePolicy:RolePolicy", name: "task", shows: "policy" },
    act: ({ iam }, resource) =>
      iam.PutRolePolicy({
        ...{ RoleName: text(resource, "role"), PolicyName: text(resource, "name") },
        PolicyDocument: '{"Version":"2012-10-17","Statement":[]}',
      }),
  },
  {
    ...{ type: "aws:cloudwatch/logGroup:LogGroup", name: "tasks", shows: "retentionInDays" },
    act: ({ logs }, { id }) => logs.PutRetentionPolicy({ logGroupName: id, retentionInDays: 7 }),
  },
  {
    ...{ type: "aws:cloudwatch/metricAlarm:MetricAlarm", name: "errors", shows: "threshold" },
    act: async ({ cloudwatch }, { id }) => {
      const { MetricAlarms } = await cloudwatch.DescribeAlarms({ AlarmNames: [id ?? ""] });
      const { AlarmName, MetricName, Namespace, Statistic, Dimensions, Period, EvaluationPeriods } =
        MetricAlarms?.[0] ?? {};
      return cloudwatch.PutMetricAlarm({
        ...{ AlarmName, MetricName, Namespace, Statistic, Dimensions, Period, EvaluationPeriods },
        ...{ ComparisonOperator: "GreaterThanOrEqualToThreshold", Threshold: 6 },
      });
    },
  },
  {
    ...{ type: "aws:ecr/repository:Repository", name: "shop", shows: "imageTagMutability" },
    act: ({ ecr }, { id }) =>
      ecr.PutImageTagMutability({ repositoryName: id, imageTagMutability: "MUTABLE" }),
  },
  {
    ...{ type: "aws:ecr/lifecyclePolicy:LifecyclePolicy", name: "shop", shows: "policy" },
    act: ({ ecr }, { id }) =>
      ecr.PutLifecyclePolicy({ repositoryName: id, lifecyclePolicyText: '{"rules":[]}' }),
  },
];

/** Types of which AWS can only take one away or make another. */
export const removals: readonly Change[] = [
  {
    // Its group takes another one by the change above.
    ...{ type: "aws:codedeploy/deploymentConfig:DeploymentConfig", name: "parts", shows: "" },
    act: ({ codedeploy }, { id }) => codedeploy.DeleteDeploymentConfig({ deploymentConfigName: id }),
  },
  {
    type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    ...{ name: "net-public-2", shows: "" },
    act: ({ ec2 }, { id }) => ec2.DisassociateRouteTable({ AssociationId: id }),
  },
  {
    ...{ type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "task", shows: "" },
    act: ({ iam }, resource) =>
      iam.DetachRolePolicy({
        ...{ RoleName: text(resource, "role"), PolicyArn: text(resource, "policyArn") },
      }),
  },
];
