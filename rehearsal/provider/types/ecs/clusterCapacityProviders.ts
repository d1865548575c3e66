import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { setOf } from "../../schema/collections.ts";
import { text } from "../../schema/leaves.ts";
import { whileRefused } from "../../wait.ts";
import { capacityProviderStrategy } from "./capacityProviderStrategy.ts";

export const clusterCapacityProviders = resourceType({
  token: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
  title: "ECS Cluster Capacity Providers",
  properties: {
    clusterName: { kind: text, required: true, forceNew: true },
    capacityProviders: { kind: setOf(text) },
    defaultCapacityProviderStrategies: { kind: capacityProviderStrategy },
  },
  outputs: [],
  // A cluster has one list of them.
  deleteBeforeReplace: true,
  operations: ({ ecs, ground }) => {
    type Strategy = readonly {
      readonly capacityProvider: string;
      readonly weight: number;
      readonly base: number;
    }[];
    const put = async (cluster: string, providers: readonly string[] = [], strategy: Strategy = []) => {
      const busy = ["ResourceInUseException", "UpdateInProgressException"];
      await whileRefused(ground.clock, busy, () =>
        ecs.PutClusterCapacityProviders({
          ...{ cluster, capacityProviders: [...providers] },
          defaultCapacityProviderStrategy: [...strategy],
        }),
      );
    };
    return {
      async create(inputs) {
        const { clusterName, capacityProviders, defaultCapacityProviderStrategies } = inputs;
        await put(clusterName, capacityProviders, defaultCapacityProviderStrategies);
        return clusterName;
      },

      async read(id) {
        const answer = await unlessAbsent(/NotFound/, () => ecs.DescribeClusters({ clusters: [id] }));
        const found = answer?.clusters?.find(({ status }) => status !== "INACTIVE");
        return (
          found && {
            id,
            properties: {
              clusterName: found.clusterName,
              capacityProviders: found.capacityProviders ?? [],
              defaultCapacityProviderStrategies: found.defaultCapacityProviderStrategy ?? [],
            },
          }
        );
      },

      async update({ id, inputs }) {
        await put(id, inputs.capacityProviders, inputs.defaultCapacityProviderStrategies);
      },

      async delete(id) {
        await unlessAbsent(/NotFound/, () => put(id));
      },
    };
  },
});
