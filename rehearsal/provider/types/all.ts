import type { ResourceType } from "../resourceType.ts";
import { target } from "./autoscaling/target.ts";
import { metricAlarm } from "./cloudwatch/metricAlarm.ts";
import { application } from "./codedeploy/application.ts";
import { deploymentConfig } from "./codedeploy/deploymentConfig.ts";
import { deploymentGroup } from "./codedeploy/deploymentGroup.ts";
import { eip } from "./ec2/eip.ts";
import { internetGateway } from "./ec2/internetGateway.ts";
import { natGateway } from "./ec2/natGateway.ts";
import { route } from "./ec2/route.ts";
import { routeTable } from "./ec2/routeTable.ts";
import { routeTableAssociation } from "./ec2/routeTableAssociation.ts";
import { securityGroup } from "./ec2/securityGroup.ts";
import { securityGroupEgressRule, securityGroupIngressRule } from "./ec2/securityGroupRule.ts";
import { subnet } from "./ec2/subnet.ts";
import { vpc } from "./ec2/vpc.ts";
import { lifecyclePolicy } from "./ecr/lifecyclePolicy.ts";
import { repository } from "./ecr/repository.ts";
import { cluster } from "./ecs/cluster.ts";
import { clusterCapacityProviders } from "./ecs/clusterCapacityProviders.ts";
import { service } from "./ecs/service.ts";
import { taskDefinition } from "./ecs/taskDefinition.ts";
import { listener } from "./elbv2/listener.ts";
import { listenerRule } from "./elbv2/listenerRule.ts";
import { loadBalancer } from "./elbv2/loadBalancer.ts";
import { targetGroup } from "./elbv2/targetGroup.ts";
import { role } from "./iam/role.ts";
import { rolePolicy } from "./iam/rolePolicy.ts";
import { rolePolicyAttachment } from "./iam/rolePolicyAttachment.ts";
import { logGroup } from "./logs/logGroup.ts";

/** Every resource type that the provider `aws` knows. */
export const types: readonly ResourceType[] = [
  ...[vpc, subnet, routeTable, route, routeTableAssociation, internetGateway, natGateway, eip],
  ...[securityGroup, securityGroupIngressRule, securityGroupEgressRule],
  ...[loadBalancer, targetGroup, listener, listenerRule],
  ...[cluster, clusterCapacityProviders, taskDefinition, service, target],
  ...[application, deploymentConfig, deploymentGroup],
  ...[role, rolePolicy, rolePolicyAttachment],
  ...[repository, lifecyclePolicy, logGroup, metricAlarm],
];
