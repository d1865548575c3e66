import { randomUUID } from "node:crypto";
import type * as sdk from "@aws-sdk/client-codedeploy";
import { AwsError } from "../awsError.ts";
import type { AtOnce } from "../atOnce.ts";
import type { Clock } from "../clock.ts";
import type { Operations } from "../operations.ts";
import { only, required } from "../parameters.ts";

export type ConfigOperations = Operations<
  typeof sdk,
  "CreateDeploymentConfig" | "GetDeploymentConfig" | "ListDeploymentConfigs" | "DeleteDeploymentConfig"
>;

/** Percent of the traffic that the replacement gets, and the minutes until the next part. */
export interface Part {
  readonly percent: number;
  readonly minutes: number;
}

const predefined: Readonly<Record<string, sdk.TrafficRoutingConfig>> = {
  "CodeDeployDefault.ECSAllAtOnce": { type: "AllAtOnce" },
  "CodeDeployDefault.ECSLinear10PercentEvery1Minutes": linear(10, 1),
  "CodeDeployDefault.ECSLinear10PercentEvery3Minutes": linear(10, 3),
  "CodeDeployDefault.ECSCanary10Percent5Minutes": canary(10, 5),
  "CodeDeployDefault.ECSCanary10Percent15Minutes": canary(10, 15),
};

/** CodeDeploy's own deployment configurations for ECS, and those that somebody made. */
export class Configs {
  readonly #configs = new Map<string, sdk.DeploymentConfigInfo>();

  constructor(clock: Clock) {
    for (const [name, routing] of Object.entries(predefined)) this.add(name, routing, clock.now());
  }

  add(name: string, routing: sdk.TrafficRoutingConfig, now: Date): sdk.DeploymentConfigInfo {
    const config: sdk.DeploymentConfigInfo = {
      ...{ deploymentConfigId: randomUUID(), deploymentConfigName: name, createTime: now },
      ...{ computePlatform: "ECS", trafficRoutingConfig: routing },
    };
    this.#configs.set(name, config);
    return config;
  }

  /** Throws DeploymentConfigDoesNotExistException. */
  find(name: string): sdk.DeploymentConfigInfo {
    const found = this.#configs.get(name);
    if (!found)
      throw new AwsError(
        "DeploymentConfigDoesNotExistException",
        `No Deployment Configuration found for name: ${name}`,
      );
    return found;
  }

  has(name: string): boolean {
    return this.#configs.has(name);
  }

  delete(name: string): void {
    this.#configs.delete(name);
  }

  names(): readonly string[] {
    return [...this.#configs.keys()];
  }
}

/** What the replacement gets, part by part; the last one is everything. */
export function partsOf({ trafficRoutingConfig: routing }: sdk.DeploymentConfigInfo): readonly Part[] {
  const all = { percent: 100, minutes: 0 };
  const { timeBasedCanary, timeBasedLinear } = routing ?? {};
  if (timeBasedCanary) {
    const { canaryPercentage: percent = 10, canaryInterval: minutes = 5 } = timeBasedCanary;
    return [{ percent, minutes }, all];
  }
  if (!timeBasedLinear) return [all];
  const { linearPercentage: step = 10, linearInterval: minutes = 1 } = timeBasedLinear;
  const count = Math.ceil(100 / step) - 1;
  return [...Array.from({ length: count }, (_, index) => ({ percent: step * (index + 1), minutes })), all];
}

export function configOperations(
  configs: Configs,
  { clock, isUsed }: { readonly clock: Clock; readonly isUsed: (name: string) => boolean },
): AtOnce<ConfigOperations> {
  const nameIn = (input: { deploymentConfigName?: string | undefined }) =>
    required(input.deploymentConfigName, "deploymentConfigName", "DeploymentConfigNameRequiredException");

  return {
    CreateDeploymentConfig(input) {
      only("CreateDeploymentConfig", input, [
        "deploymentConfigName",
        "trafficRoutingConfig",
        "computePlatform",
      ]);
      const name = nameIn(input);
      if (input.computePlatform !== "ECS")
        throw new AwsError(
          "InvalidComputePlatformException",
          "The rehearsal's CodeDeploy deploys to ECS only.",
        );
      if (configs.has(name))
        throw new AwsError(
          "DeploymentConfigAlreadyExistsException",
          `Deployment config already exists for name: ${name}`,
        );
      const { deploymentConfigId } = configs.add(name, checked(input.trafficRoutingConfig), clock.now());
      return { deploymentConfigId };
    },

    GetDeploymentConfig: (input) => ({ deploymentConfigInfo: configs.find(nameIn(input)) }),

    ListDeploymentConfigs: () => ({ deploymentConfigsList: [...configs.names()] }),

    DeleteDeploymentConfig(input) {
      const name = nameIn(input);
      if (name in predefined)
        throw new AwsError(
          "InvalidOperationException",
          "The default deployment configurations can't be deleted.",
        );
      if (isUsed(name))
        throw new AwsError(
          "DeploymentConfigInUseException",
          `The deployment configuration ${name} is in use.`,
        );
      configs.delete(name);
      return {};
    },
  };
}

function checked(routing: sdk.TrafficRoutingConfig = { type: "AllAtOnce" }): sdk.TrafficRoutingConfig {
  const { type, timeBasedCanary: canaries, timeBasedLinear: linears } = routing;
  const percent = canaries?.canaryPercentage ?? linears?.linearPercentage ?? 1;
  const minutes = canaries?.canaryInterval ?? linears?.linearInterval ?? 1;
  const fits =
    (type === "AllAtOnce" && !canaries && !linears) ||
    (type === "TimeBasedCanary" && canaries && !linears) ||
    (type === "TimeBasedLinear" && linears && !canaries);
  if (!fits || percent < 1 || percent > 99 || minutes < 0)
    throw new AwsError(
      "InvalidTrafficRoutingConfigurationException",
      "The traffic routing configuration must be AllAtOnce, a TimeBasedCanary or a TimeBasedLinear, with a percentage from 1 to 99 and an interval of 0 minutes or more.",
    );
  return routing;
}

function canary(canaryPercentage: number, canaryInterval: number): sdk.TrafficRoutingConfig {
  return { type: "TimeBasedCanary", timeBasedCanary: { canaryPercentage, canaryInterval } };
}

function linear(linearPercentage: number, linearInterval: number): sdk.TrafficRoutingConfig {
  return { type: "TimeBasedLinear", timeBasedLinear: { linearPercentage, linearInterval } };
}
