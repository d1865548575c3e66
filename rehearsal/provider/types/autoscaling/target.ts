import type { ScalableDimension, ServiceNamespace } from "@aws-sdk/client-application-auto-scaling";
import { unlessAbsent } from "../../absent.ts";
import { type Bag, resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import { count, flag, text } from "../../schema/leaves.ts";

const suspendedState = block({
  dynamicScalingInSuspended: { kind: flag, default: false },
  dynamicScalingOutSuspended: { kind: flag, default: false },
  scheduledScalingSuspended: { kind: flag, default: false },
});

export const target = resourceType({
  token: "aws:appautoscaling/target:Target",
  title: "Application AutoScaling Target",
  properties: {
    serviceNamespace: { kind: text, required: true, forceNew: true },
    resourceId: { kind: text, required: true, forceNew: true },
    scalableDimension: { kind: text, required: true, forceNew: true },
    minCapacity: { kind: count, required: true },
    maxCapacity: { kind: count, required: true },
    roleArn: { kind: text, computed: true, forceNew: true },
    suspendedState: { kind: suspendedState, computed: true },
  },
  outputs: ["arn"],
  // A service has one of a dimension.
  deleteBeforeReplace: true,
  operations: ({ autoscaling }) => ({
    async create(inputs, tags) {
      await autoscaling.RegisterScalableTarget({
        ...identity(inputs),
        ...{ MinCapacity: inputs.minCapacity, MaxCapacity: inputs.maxCapacity, RoleARN: inputs.roleArn },
        ...(inputs.suspendedState && { SuspendedState: suspension(inputs.suspendedState) }),
        ...(Object.keys(tags).length > 0 && { Tags: tags }),
      });
      return inputs.resourceId;
    },

    async read(id, known) {
      const { ServiceNamespace, ResourceId, ScalableDimension } = named(id, known);
      const { ScalableTargets } = await autoscaling.DescribeScalableTargets({
        ...{ ServiceNamespace, ResourceIds: [ResourceId], ScalableDimension },
      });
      const found = ScalableTargets?.[0];
      if (!found) return undefined;
      const { Tags = {} } = await autoscaling.ListTagsForResource({ ResourceARN: found.ScalableTargetARN });
      const { SuspendedState: suspended } = found;
      return {
        id: ResourceId,
        properties: {
          ...{ serviceNamespace: found.ServiceNamespace, resourceId: found.ResourceId },
          ...{ scalableDimension: found.ScalableDimension, arn: found.ScalableTargetARN },
          ...{ minCapacity: found.MinCapacity, maxCapacity: found.MaxCapacity, roleArn: found.RoleARN },
          suspendedState: {
            dynamicScalingInSuspended: suspended?.DynamicScalingInSuspended ?? false,
            dynamicScalingOutSuspended: suspended?.DynamicScalingOutSuspended ?? false,
            scheduledScalingSuspended: suspended?.ScheduledScalingSuspended ?? false,
          },
          tags: Tags,
        },
      };
    },

    async update({ inputs, changed }) {
      await autoscaling.RegisterScalableTarget({
        ...identity(inputs),
        ...(changed.has("minCapacity") && { MinCapacity: inputs.minCapacity }),
        ...(changed.has("maxCapacity") && { MaxCapacity: inputs.maxCapacity }),
        // What is left out keeps its value: the flags may have another owner.
        ...(changed.has("suspendedState") &&
          inputs.suspendedState && { SuspendedState: suspension(inputs.suspendedState) }),
      });
    },

    async retag({ known }, { set, remove }) {
      const ResourceARN = known["arn"] as string;
      if (remove.length > 0) await autoscaling.UntagResource({ ResourceARN, TagKeys: [...remove] });
      if (Object.keys(set).length > 0) await autoscaling.TagResource({ ResourceARN, Tags: set });
    },

    async delete(id, known) {
      await unlessAbsent(/NotFound/, () => autoscaling.DeregisterScalableTarget(named(id, known)));
    },
  }),
});

function identity(inputs: {
  readonly serviceNamespace: string;
  readonly resourceId: string;
  readonly scalableDimension: string;
}) {
  return {
    ServiceNamespace: inputs.serviceNamespace as ServiceNamespace,
    ResourceId: inputs.resourceId,
    ScalableDimension: inputs.scalableDimension as ScalableDimension,
  };
}

function suspension(state: {
  readonly dynamicScalingInSuspended: boolean;
  readonly dynamicScalingOutSuspended: boolean;
  readonly scheduledScalingSuspended: boolean;
}) {
  return {
    DynamicScalingInSuspended: state.dynamicScalingInSuspended,
    DynamicScalingOutSuspended: state.dynamicScalingOutSuspended,
    ScheduledScalingSuspended: state.scheduledScalingSuspended,
  };
}

/** An import names it `<namespace>/<resource id>/<dimension>`; the resource's own id is the resource id alone. */
function named(id: string, known: Bag) {
  const { serviceNamespace, resourceId, scalableDimension } = known;
  if (typeof resourceId === "string")
    return identity({
      resourceId,
      serviceNamespace: serviceNamespace as string,
      scalableDimension: scalableDimension as string,
    });
  const parts = id.split("/");
  return identity({
    serviceNamespace: parts[0] ?? "",
    resourceId: parts.slice(1, -1).join("/"),
    scalableDimension: parts.at(-1) ?? "",
  });
}
