import type { ClusterSettingName } from "@aws-sdk/client-ecs";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import { setOf } from "../../schema/collections.ts";
import { text } from "../../schema/leaves.ts";
import { fromSmallTagList } from "../../tagLists.ts";
import { whileRefused } from "../../wait.ts";
import { ecsRetag, ecsTagList } from "./tagging.ts";

const setting = block({ name: { kind: text, required: true }, value: { kind: text, required: true } });

export const cluster = resourceType({
  token: "aws:ecs/cluster:Cluster",
  title: "ECS Cluster",
  properties: {
    name: { kind: text, required: true, forceNew: true },
    settings: { kind: setOf(setting), computed: true },
  },
  outputs: ["arn"],
  autoname: { longest: 255 },
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { cluster: made } = await cloud.ecs.CreateCluster({
        clusterName: inputs.name,
        ...(inputs.settings && { settings: toSettings(inputs.settings) }),
        ...ecsTagList(tags),
      });
      return answered(made?.clusterArn, "clusterArn");
    },

    async read(id) {
      const answer = await unlessAbsent(/NotFound/, () =>
        cloud.ecs.DescribeClusters({ clusters: [id], include: ["SETTINGS", "TAGS"] }),
      );
      const found = answer?.clusters?.find(({ status }) => status !== "INACTIVE");
      return (
        found && {
          id: answered(found.clusterArn, "clusterArn"),
          properties: {
            ...{ arn: found.clusterArn, name: found.clusterName, settings: found.settings ?? [] },
            tags: fromSmallTagList(found.tags),
          },
        }
      );
    },

    async update({ id, inputs, changed }) {
      if (changed.has("settings"))
        await cloud.ecs.UpdateCluster({ cluster: id, settings: toSettings(inputs.settings ?? []) });
    },

    retag: ecsRetag(cloud),

    async delete(id) {
      // Services and tasks of the cluster may still be ending.
      const ending = ["ClusterContainsServicesException", "ClusterContainsTasksException"];
      await whileRefused(cloud.ground.clock, [...ending, "UpdateInProgressException"], () =>
        unlessAbsent(/NotFound/, () => cloud.ecs.DeleteCluster({ cluster: id })),
      );
    },
  }),
});

function toSettings(settings: readonly { readonly name: string; readonly value: string }[]) {
  return settings.map(({ name, value }) => ({ name: name as ClusterSettingName, value }));
}
