import type * as ecsSdk from "@aws-sdk/client-ecs";
import { parse } from "yaml";
import { AwsError } from "../awsError.ts";

/** The lifecycle events of a deployment to ECS, in order. Those between them run hooks. */
export const lifecycleEvents = [
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "AllowTestTraffic",
  "AfterAllowTestTraffic",
  "BeforeAllowTraffic",
  "AllowTraffic",
  "AfterAllowTraffic",
] as const;
export type LifecycleEventName = (typeof lifecycleEvents)[number];

/** Those that are CodeDeploy's own work and take no hook. */
const own: readonly string[] = ["Install", "AllowTestTraffic", "AllowTraffic"];

/** What a revision asks for. */
export interface AppSpec {
  readonly taskDefinition: string;
  readonly container: { readonly name: string; readonly port: number };
  readonly platformVersion?: string;
  readonly networkConfiguration?: ecsSdk.NetworkConfiguration;
  readonly capacityProviderStrategy?: ecsSdk.CapacityProviderStrategyItem[];
  /** Name or ARN of the Lambda function of each event that has one. */
  readonly hooks: Readonly<Partial<Record<LifecycleEventName, string>>>;
}

interface Written {
  readonly version?: number | string;
  readonly Resources?: readonly {
    readonly TargetService?: { readonly Type?: string; readonly Properties?: Properties };
  }[];
  readonly Hooks?: readonly Readonly<Record<string, string>>[];
}

interface Properties {
  readonly TaskDefinition?: string;
  readonly LoadBalancerInfo?: { readonly ContainerName?: string; readonly ContainerPort?: number };
  readonly PlatformVersion?: string;
  readonly NetworkConfiguration?: { readonly AwsvpcConfiguration?: Awsvpc };
  readonly CapacityProviderStrategy?: readonly {
    Base?: number;
    CapacityProvider?: string;
    Weight?: number;
  }[];
}

interface Awsvpc {
  readonly Subnets?: readonly string[];
  readonly SecurityGroups?: readonly string[];
  readonly AssignPublicIp?: "ENABLED" | "DISABLED";
}

/** Reads an AppSpec, YAML or JSON. Throws InvalidRevisionException, with what is wrong. */
export function readAppSpec(content: string): AppSpec {
  const written = parsed(content);
  if (Number(written.version) !== 0) throw invalid("the version must be 0.0");
  const [resource, ...others] = written.Resources ?? [];
  const service = resource?.TargetService;
  if (!service || others.length > 0) throw invalid("Resources must have exactly one TargetService");
  if (service.Type !== "AWS::ECS::Service")
    throw invalid("the Type of TargetService must be AWS::ECS::Service");
  const { TaskDefinition, LoadBalancerInfo, PlatformVersion, NetworkConfiguration, ...more } =
    service.Properties ?? {};
  if (!TaskDefinition) throw invalid("Properties must have a TaskDefinition");
  const { ContainerName, ContainerPort } = LoadBalancerInfo ?? {};
  if (!ContainerName || !ContainerPort)
    throw invalid("Properties must have a LoadBalancerInfo with ContainerName and ContainerPort");
  const {
    Subnets = [],
    SecurityGroups = [],
    AssignPublicIp,
  } = NetworkConfiguration?.AwsvpcConfiguration ?? {};
  return {
    taskDefinition: TaskDefinition,
    container: { name: ContainerName, port: Number(ContainerPort) },
    ...(PlatformVersion !== undefined && { platformVersion: PlatformVersion }),
    ...(NetworkConfiguration && {
      networkConfiguration: {
        awsvpcConfiguration: {
          ...{ subnets: [...Subnets], securityGroups: [...SecurityGroups] },
          ...(AssignPublicIp && { assignPublicIp: AssignPublicIp }),
        },
      },
    }),
    ...(more.CapacityProviderStrategy && {
      capacityProviderStrategy: more.CapacityProviderStrategy.map(({ Base, CapacityProvider, Weight }) => ({
        ...{ capacityProvider: CapacityProvider, base: Base ?? 0, weight: Weight ?? 0 },
      })),
    }),
    hooks: hooksOf(written),
  };
}

function hooksOf({ Hooks = [] }: Written): AppSpec["hooks"] {
  const hooks: Partial<Record<LifecycleEventName, string>> = {};
  for (const [name, lambda] of Hooks.flatMap((hook) => Object.entries(hook))) {
    if (!(lifecycleEvents as readonly string[]).includes(name) || own.includes(name))
      throw invalid(`${name} is no lifecycle event that takes a hook`);
    hooks[name as LifecycleEventName] = lambda;
  }
  return hooks;
}

function parsed(content: string): Written {
  try {
    const value: unknown = parse(content);
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    throw invalid(cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause));
  }
  throw invalid("it is neither YAML nor JSON of an object");
}

function invalid(why: string): AwsError {
  return new AwsError("InvalidRevisionException", `The AppSpec file is not valid: ${why}.`);
}
