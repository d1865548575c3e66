import * as aws from "@pulumi/aws";
import { Vpc } from "@pulumi/awsx/ec2/vpc.js";
import * as pulumi from "@pulumi/pulumi";

/** What a test changes of the program. */
export interface Choices {
  readonly healthPath?: string;
  readonly image?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const document = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: [service] }, Action: ["sts:AssumeRole"] }],
  });

/** A program with a resource of every type that the provider knows. */
export function everyType({ healthPath = "/", image = "shop:1", tags = {} }: Choices = {}) {
  return async (): Promise<pulumi.Inputs> => {
    const address = new aws.ec2.Eip("nat", { domain: "vpc" });
    const vpc = new Vpc("net", {
      cidrBlock: "10.20.0.0/16",
      enableDnsHostnames: true,
      numberOfAvailabilityZones: 2,
      subnetStrategy: "Auto",
      subnetSpecs: [{ type: "Public" }, { type: "Private" }],
      natGateways: { strategy: "Single", elasticIpAllocationIds: [address.allocationId] },
      tags: { Name: "net", ...tags },
    });
    const group = new aws.ec2.SecurityGroup("front", { vpcId: vpc.vpcId, description: "front" });
    const inline = new aws.ec2.SecurityGroup("inline", {
      vpcId: vpc.vpcId,
      ingress: [{ protocol: "tcp", fromPort: 80, toPort: 81, cidrBlocks: ["10.0.0.0/8", "11.0.0.0/8"] }],
      egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
    });
    new aws.vpc.SecurityGroupIngressRule("web", {
      ...{ securityGroupId: group.id, ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "0.0.0.0/0" },
    });
    new aws.vpc.SecurityGroupEgressRule("out", {
      ...{ securityGroupId: group.id, ipProtocol: "-1", referencedSecurityGroupId: inline.id },
    });

    const balancer = new aws.lb.LoadBalancer("front", {
      ...{ securityGroups: [group.id], subnets: vpc.publicSubnetIds, idleTimeout: 70 },
      dropInvalidHeaderFields: true,
    });
    const colours = ["blue", "green"].map(
      (colour) =>
        new aws.lb.TargetGroup(colour, {
          ...{ port: 80, protocol: "HTTP", targetType: "ip", vpcId: vpc.vpcId, deregistrationDelay: 10 },
          healthCheck: { path: healthPath, interval: 5, timeout: 2, healthyThreshold: 2, matcher: "200-299" },
        }),
    );
    const [blue, green] = colours as [aws.lb.TargetGroup, aws.lb.TargetGroup];
    const listener = new aws.lb.Listener("front", {
      ...{ loadBalancerArn: balancer.arn, port: 8080, protocol: "HTTP" },
      defaultActions: [
        {
          type: "fixed-response",
          fixedResponse: { contentType: "text/plain", messageBody: "no", statusCode: "503" },
        },
      ],
    });
    const rule = new aws.lb.ListenerRule(
      "front",
      {
        ...{ listenerArn: listener.arn, priority: 1, conditions: [{ pathPattern: { values: ["/*"] } }] },
        actions: [
          {
            type: "forward",
            forward: {
              targetGroups: [
                { arn: blue.arn, weight: 100 },
                { arn: green.arn, weight: 0 },
              ],
            },
          },
        ],
      },
      { ignoreChanges: ["actions"] },
    );
    new aws.lb.ListenerRule(
      "plain",
      {
        ...{ listenerArn: listener.arn, conditions: [{ hostHeader: { values: ["b.test", "a.test"] } }] },
        actions: [{ type: "forward", targetGroupArn: blue.arn }],
      },
      // Without a priority it takes the next, which is the other's as long as that is not there.
      { dependsOn: [rule] },
    );

    const role = new aws.iam.Role("task", { assumeRolePolicy: document("ecs-tasks.amazonaws.com") });
    new aws.iam.RolePolicy("task", {
      role: role.name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["*"] }],
      }),
    });
    new aws.iam.RolePolicyAttachment("task", {
      ...{ role: role.name, policyArn: "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess" },
    });
    const logs = new aws.cloudwatch.LogGroup("tasks", { name: "/test/tasks", retentionInDays: 1 });
    const repository = new aws.ecr.Repository("shop", {
      ...{ imageTagMutability: "IMMUTABLE", imageScanningConfiguration: { scanOnPush: true } },
    });
    new aws.ecr.LifecyclePolicy("shop", {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 9 },
            action: { type: "expire" },
          },
        ],
      }),
    });

    const cluster = new aws.ecs.Cluster("shop", {
      settings: [{ name: "containerInsights", value: "enabled" }],
    });
    new aws.ecs.ClusterCapacityProviders("shop", {
      ...{ clusterName: cluster.name, capacityProviders: ["FARGATE_SPOT", "FARGATE"] },
    });
    const definition = new aws.ecs.TaskDefinition("shop", {
      ...{ family: "shop", cpu: "256", memory: "512", networkMode: "awsvpc" },
      ...{ requiresCompatibilities: ["FARGATE"], executionRoleArn: role.arn, taskRoleArn: role.arn },
      containerDefinitions: logs.name.apply((group) =>
        JSON.stringify([
          {
            ...{ name: "shop", image, portMappings: [{ containerPort: 8080 }] },
            environment: [
              { name: "B", value: "2" },
              { name: "A", value: "" },
            ],
            logConfiguration: {
              logDriver: "awslogs",
              options: {
                ...{ "awslogs-group": group, "awslogs-region": "eu-central-1" },
                "awslogs-stream-prefix": "shop",
              },
            },
          },
        ]),
      ),
      tags: { "turnout:release": "1" },
      skipDestroy: true,
    });
    const service = new aws.ecs.Service(
      "shop",
      {
        ...{ cluster: cluster.arn, taskDefinition: definition.arn, desiredCount: 0, launchType: "FARGATE" },
        networkConfiguration: { subnets: vpc.privateSubnetIds, securityGroups: [group.id] },
        loadBalancers: [{ targetGroupArn: blue.arn, containerName: "shop", containerPort: 8080 }],
        deploymentCircuitBreaker: { enable: true, rollback: false },
        ...{ healthCheckGracePeriodSeconds: 10, propagateTags: "TASK_DEFINITION" },
      },
      { dependsOn: [rule], ignoreChanges: ["desiredCount"] },
    );
    new aws.appautoscaling.Target(
      "shop",
      {
        ...{ serviceNamespace: "ecs", scalableDimension: "ecs:service:DesiredCount" },
        resourceId: pulumi.interpolate`service/${cluster.name}/${service.name}`,
        ...{ minCapacity: 1, maxCapacity: 3 },
        suspendedState: { dynamicScalingInSuspended: true, dynamicScalingOutSuspended: true },
      },
      { ignoreChanges: ["suspendedState"] },
    );
    const byCodeDeploy = new aws.ecs.Service(
      "byCodeDeploy",
      {
        ...{ cluster: cluster.arn, taskDefinition: definition.arn, desiredCount: 0, launchType: "FARGATE" },
        networkConfiguration: { subnets: vpc.privateSubnetIds, securityGroups: [group.id] },
        loadBalancers: [{ targetGroupArn: blue.arn, containerName: "shop", containerPort: 8080 }],
        deploymentController: { type: "CODE_DEPLOY" },
      },
      { dependsOn: [rule], ignoreChanges: ["desiredCount", "taskDefinition", "loadBalancers"] },
    );
    const application = new aws.codedeploy.Application("shop", { computePlatform: "ECS" });
    const parts = new aws.codedeploy.DeploymentConfig("parts", {
      ...{ deploymentConfigName: "parts", computePlatform: "ECS" },
      trafficRoutingConfig: { type: "TimeBasedLinear", timeBasedLinear: { percentage: 20, interval: 2 } },
    });
    new aws.codedeploy.DeploymentGroup("shop", {
      ...{ appName: application.name, deploymentGroupName: "shop", serviceRoleArn: role.arn },
      deploymentConfigName: parts.deploymentConfigName,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      ecsService: { clusterName: cluster.name, serviceName: byCodeDeploy.name },
      loadBalancerInfo: {
        targetGroupPairInfo: {
          prodTrafficRoute: { listenerArns: [listener.arn] },
          targetGroups: [{ name: blue.name }, { name: green.name }],
        },
      },
      blueGreenDeploymentConfig: {
        deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 5 },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 6 },
      },
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
    });
    new aws.cloudwatch.MetricAlarm("errors", {
      ...{ namespace: "AWS/ApplicationELB", metricName: "HTTPCode_ELB_5XX_Count", statistic: "Sum" },
      ...{ comparisonOperator: "GreaterThanOrEqualToThreshold", threshold: 5, evaluationPeriods: 1 },
      ...{ period: 60, dimensions: { LoadBalancer: balancer.arnSuffix } },
    });
    // Each invoke once.
    const caller = await aws.getCallerIdentity();
    const region = await aws.getRegion();
    const zones = await aws.getAvailabilityZones();
    return {
      ...{ account: caller.accountId, region: region.region, zones: zones.names },
      vpc: aws.ec2.getVpcOutput({ id: vpc.vpcId }).cidrBlock,
      subnets: aws.ec2.getSubnetsOutput({ filters: [{ name: "vpc-id", values: [vpc.vpcId] }] }).ids,
      ...{ service: service.id, taskDefinition: service.taskDefinition, dnsName: balancer.dnsName },
      ...{ publicSubnetIds: vpc.publicSubnetIds, natGateways: vpc.natGateways },
    };
  };
}
