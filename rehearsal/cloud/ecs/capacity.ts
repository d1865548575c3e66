import type * as sdk from "@aws-sdk/client-ecs";
import type { Cluster } from "./clusters.ts";
import { invalid } from "./refusals.ts";
import type { TaskDefinition } from "./taskDefinitions.ts";
import { client } from "./refusals.ts";

/** The capacity providers that there are without instances of one's own. */
export const fargateProviders = ["FARGATE", "FARGATE_SPOT"];

export interface Capacity {
  readonly launchType?: sdk.LaunchType | undefined;
  readonly capacityProviderStrategy?: readonly sdk.CapacityProviderStrategyItem[] | undefined;
}

/** What tasks run on: as asked, else as the cluster says, else EC2. */
export function capacityOf(asked: Capacity, cluster: Cluster, definition: TaskDefinition): Capacity {
  const { launchType, capacityProviderStrategy: strategy } = asked;
  if (launchType && strategy?.length)
    throw invalid(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  if (strategy?.length) checkStrategy(strategy, cluster);
  const chosen: Capacity = strategy?.length
    ? { capacityProviderStrategy: strategy.map((item) => ({ weight: 0, base: 0, ...item })) }
    : launchType
      ? { launchType }
      : cluster.defaultCapacityProviderStrategy.length > 0
        ? { capacityProviderStrategy: cluster.defaultCapacityProviderStrategy }
        : { launchType: "EC2" };
  if (chosen.launchType !== "EC2" && !definition.described.compatibilities?.includes("FARGATE"))
    throw client("Task definition does not support launch_type FARGATE.");
  return chosen;
}

export function checkStrategy(strategy: readonly sdk.CapacityProviderStrategyItem[], cluster: Cluster): void {
  if (strategy.some(({ capacityProvider = "" }) => !cluster.capacityProviders.includes(capacityProvider)))
    throw invalid(
      "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.",
    );
  if (strategy.every(({ weight = 0, base = 0 }) => weight === 0 && base === 0))
    throw invalid(
      "A capacity provider strategy must have at least one capacity provider with a weight greater than 0.",
    );
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1)
    throw invalid("Only one capacity provider in a capacity provider strategy can have a base defined.");
}

/** The provider of the next task, when there are so many of each: the base first, then by weight. */
export function nextProvider(
  strategy: readonly sdk.CapacityProviderStrategyItem[],
  existing: (provider: string) => number,
): string | undefined {
  const based = strategy.find(({ capacityProvider = "", base = 0 }) => existing(capacityProvider) < base);
  if (based) return based.capacityProvider;
  const share = ({ capacityProvider = "", base = 0, weight = 1 }: sdk.CapacityProviderStrategyItem) =>
    (existing(capacityProvider) - base + 1) / weight;
  return strategy.filter(({ weight = 0 }) => weight > 0).toSorted((a, b) => share(a) - share(b))[0]
    ?.capacityProvider;
}
