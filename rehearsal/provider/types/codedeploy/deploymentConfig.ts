import type { ComputePlatform, TrafficRoutingConfig, TrafficRoutingType } from "@aws-sdk/client-codedeploy";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import type { Values } from "../../schema/kinds.ts";
import { count, text } from "../../schema/leaves.ts";
import { arnOf } from "./tagging.ts";

const part = { percentage: { kind: count }, interval: { kind: count } } as const;

const properties = {
  deploymentConfigName: { kind: text, required: true, forceNew: true },
  computePlatform: { kind: text, default: "Server", forceNew: true },
  trafficRoutingConfig: {
    kind: block({
      type: { kind: text, default: "AllAtOnce" },
      timeBasedCanary: { kind: block(part) },
      timeBasedLinear: { kind: block(part) },
    }),
    forceNew: true,
  },
} as const;

/** Nothing of it can be changed. */
export const deploymentConfig = resourceType({
  token: "aws:codedeploy/deploymentConfig:DeploymentConfig",
  title: "CodeDeploy Deployment Config",
  properties,
  outputs: ["arn", "deploymentConfigId"],
  operations: (cloud) => ({
    async create(inputs) {
      await cloud.codedeploy.CreateDeploymentConfig({
        deploymentConfigName: inputs.deploymentConfigName,
        computePlatform: inputs.computePlatform as ComputePlatform,
        trafficRoutingConfig: routing(inputs),
      });
      return inputs.deploymentConfigName;
    },

    async read(id) {
      const answer = await unlessAbsent(/DeploymentConfigDoesNotExist/, () =>
        cloud.codedeploy.GetDeploymentConfig({ deploymentConfigName: id }),
      );
      const found = answer?.deploymentConfigInfo;
      if (!found) return undefined;
      const { type, timeBasedCanary: canary, timeBasedLinear: linear } = found.trafficRoutingConfig ?? {};
      return {
        id,
        properties: {
          arn: arnOf(cloud, "deploymentconfig", id),
          ...{ deploymentConfigName: id, deploymentConfigId: found.deploymentConfigId },
          computePlatform: found.computePlatform,
          trafficRoutingConfig: {
            type,
            ...(canary && {
              timeBasedCanary: { percentage: canary.canaryPercentage, interval: canary.canaryInterval },
            }),
            ...(linear && {
              timeBasedLinear: { percentage: linear.linearPercentage, interval: linear.linearInterval },
            }),
          },
        },
      };
    },

    async delete(id) {
      await cloud.codedeploy.DeleteDeploymentConfig({ deploymentConfigName: id });
    },
  }),
});

function routing({ trafficRoutingConfig: of }: Values<typeof properties>): TrafficRoutingConfig {
  const { type = "AllAtOnce", timeBasedCanary: canary, timeBasedLinear: linear } = of ?? {};
  return {
    type: type as TrafficRoutingType,
    ...(canary && {
      timeBasedCanary: { canaryPercentage: canary.percentage, canaryInterval: canary.interval },
    }),
    ...(linear && {
      timeBasedLinear: { linearPercentage: linear.percentage, linearInterval: linear.interval },
    }),
  };
}
