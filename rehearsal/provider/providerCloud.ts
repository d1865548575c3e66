import type * as autoscalingSdk from "@aws-sdk/client-application-auto-scaling";
import type * as cloudwatchSdk from "@aws-sdk/client-cloudwatch";
import type * as codedeploySdk from "@aws-sdk/client-codedeploy";
import type * as logsSdk from "@aws-sdk/client-cloudwatch-logs";
import type * as ec2Sdk from "@aws-sdk/client-ec2";
import type * as ecrSdk from "@aws-sdk/client-ecr";
import type * as ecsSdk from "@aws-sdk/client-ecs";
import type * as elbv2Sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as iamSdk from "@aws-sdk/client-iam";
import type * as stsSdk from "@aws-sdk/client-sts";
import type { Ground } from "../cloud/cloud.ts";
import type { Operations } from "../cloud/operations.ts";

type Tagging = "TagResource" | "UntagResource" | "ListTagsForResource";

/** All that the provider asks of AWS. */
export interface ProviderCloud {
  readonly ground: Pick<Ground, "identity" | "clock">;
  readonly ec2: Operations<
    typeof ec2Sdk,
    | "CreateVpc"
    | "DescribeVpcs"
    | "DeleteVpc"
    | "DescribeVpcAttribute"
    | "ModifyVpcAttribute"
    | "DescribeNetworkAcls"
    | "CreateSubnet"
    | "DescribeSubnets"
    | "ModifySubnetAttribute"
    | "DeleteSubnet"
    | "CreateRouteTable"
    | "DescribeRouteTables"
    | "DeleteRouteTable"
    | "AssociateRouteTable"
    | "DisassociateRouteTable"
    | "ReplaceRouteTableAssociation"
    | "CreateRoute"
    | "ReplaceRoute"
    | "DeleteRoute"
    | "CreateInternetGateway"
    | "DescribeInternetGateways"
    | "AttachInternetGateway"
    | "DetachInternetGateway"
    | "DeleteInternetGateway"
    | "AllocateAddress"
    | "DescribeAddresses"
    | "ReleaseAddress"
    | "CreateNatGateway"
    | "DescribeNatGateways"
    | "DeleteNatGateway"
    | "CreateSecurityGroup"
    | "DescribeSecurityGroups"
    | "DeleteSecurityGroup"
    | "AuthorizeSecurityGroupIngress"
    | "AuthorizeSecurityGroupEgress"
    | "RevokeSecurityGroupIngress"
    | "RevokeSecurityGroupEgress"
    | "DescribeSecurityGroupRules"
    | "ModifySecurityGroupRules"
    | "DescribeAvailabilityZones"
    | "CreateTags"
    | "DeleteTags"
  >;
  readonly elbv2: Operations<
    typeof elbv2Sdk,
    | "CreateLoadBalancer"
    | "DescribeLoadBalancers"
    | "DescribeLoadBalancerAttributes"
    | "ModifyLoadBalancerAttributes"
    | "SetSecurityGroups"
    | "SetSubnets"
    | "DeleteLoadBalancer"
    | "CreateTargetGroup"
    | "DescribeTargetGroups"
    | "DescribeTargetGroupAttributes"
    | "ModifyTargetGroup"
    | "ModifyTargetGroupAttributes"
    | "DeleteTargetGroup"
    | "CreateListener"
    | "DescribeListeners"
    | "ModifyListener"
    | "DeleteListener"
    | "CreateRule"
    | "DescribeRules"
    | "ModifyRule"
    | "SetRulePriorities"
    | "DeleteRule"
    | "AddTags"
    | "RemoveTags"
    | "DescribeTags"
  >;
  readonly ecs: Operations<
    typeof ecsSdk,
    | "CreateCluster"
    | "DescribeClusters"
    | "UpdateCluster"
    | "PutClusterCapacityProviders"
    | "DeleteCluster"
    | "RegisterTaskDefinition"
    | "DescribeTaskDefinition"
    | "DeregisterTaskDefinition"
    | "CreateService"
    | "DescribeServices"
    | "UpdateService"
    | "DeleteService"
    | Tagging
  >;
  readonly ecr: Operations<
    typeof ecrSdk,
    | "CreateRepository"
    | "DescribeRepositories"
    | "PutImageTagMutability"
    | "PutImageScanningConfiguration"
    | "DeleteRepository"
    | "PutLifecyclePolicy"
    | "GetLifecyclePolicy"
    | "DeleteLifecyclePolicy"
    | "DescribeImages"
    | Tagging
  >;
  readonly iam: Operations<
    typeof iamSdk,
    | "CreateRole"
    | "GetRole"
    | "UpdateRole"
    | "UpdateAssumeRolePolicy"
    | "PutRolePermissionsBoundary"
    | "DeleteRolePermissionsBoundary"
    | "TagRole"
    | "UntagRole"
    | "DeleteRole"
    | "PutRolePolicy"
    | "GetRolePolicy"
    | "DeleteRolePolicy"
    | "ListRolePolicies"
    | "AttachRolePolicy"
    | "DetachRolePolicy"
    | "ListAttachedRolePolicies"
  >;
  readonly sts: Operations<typeof stsSdk, "GetCallerIdentity">;
  readonly logs: Operations<
    typeof logsSdk,
    | "CreateLogGroup"
    | "DescribeLogGroups"
    | "PutRetentionPolicy"
    | "DeleteRetentionPolicy"
    | "DeleteLogGroup"
    | Tagging
  >;
  readonly autoscaling: Operations<
    typeof autoscalingSdk,
    "RegisterScalableTarget" | "DescribeScalableTargets" | "DeregisterScalableTarget" | Tagging
  >;
  readonly codedeploy: Operations<
    typeof codedeploySdk,
    | "CreateApplication"
    | "GetApplication"
    | "DeleteApplication"
    | "CreateDeploymentConfig"
    | "GetDeploymentConfig"
    | "DeleteDeploymentConfig"
    | "CreateDeploymentGroup"
    | "GetDeploymentGroup"
    | "UpdateDeploymentGroup"
    | "DeleteDeploymentGroup"
    | Tagging
  >;
  readonly cloudwatch: Operations<
    typeof cloudwatchSdk,
    "PutMetricAlarm" | "DescribeAlarms" | "DeleteAlarms" | Tagging
  >;
}
