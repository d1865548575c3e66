import type * as sdk from "@aws-sdk/client-application-auto-scaling";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { BoundsKeeper } from "./boundsKeeper.ts";
import { type EcsCounts, ScaledServices } from "./scaledServices.ts";
import { type Target, Targets } from "./targets.ts";

/** Application Auto Scaling for ECS services: it keeps a service's count within its bounds. There are no policies. */
export interface Autoscaling extends AutoscalingOperations {
  /** Stops looking after counts. */
  close(): void;
}

type AutoscalingOperations = Operations<
  typeof sdk,
  | "RegisterScalableTarget"
  | "DescribeScalableTargets"
  | "DeregisterScalableTarget"
  | "TagResource"
  | "UntagResource"
  | "ListTagsForResource"
>;

export function createAutoscaling(
  { identity, clock }: Ground,
  { ecs }: { readonly ecs: EcsCounts },
): Autoscaling {
  const targets = new Targets(identity);
  const services = new ScaledServices(ecs);
  const keeper = new BoundsKeeper(services, { clock, targets: () => targets.all() });

  const operations = atOnce<Omit<AutoscalingOperations, "RegisterScalableTarget">>({
    DescribeScalableTargets(input) {
      only("DescribeScalableTargets", input, [
        ...(["ServiceNamespace", "ResourceIds", "ScalableDimension", "MaxResults", "NextToken"] as const),
      ]);
      const { ResourceIds, ScalableDimension: dimension } = input;
      const found = targets
        .all()
        .filter(
          ({ resourceId }) =>
            input.ServiceNamespace === "ecs" &&
            (ResourceIds === undefined || ResourceIds.length === 0 || ResourceIds.includes(resourceId)) &&
            (dimension === undefined || dimension === "ecs:service:DesiredCount"),
        );
      const { items, next } = page(found, {
        size: input.MaxResults ?? 50,
        token: input.NextToken,
        refuse: () => new AwsError("InvalidNextTokenException", "The next token specified is invalid."),
      });
      return { ScalableTargets: items.map(described), NextToken: next };
    },

    DeregisterScalableTarget(input) {
      targets.delete(input);
      return {};
    },

    TagResource({ ResourceARN, Tags }) {
      const { tags } = targets.byArn(ResourceARN);
      for (const [key, value] of Object.entries(required(Tags, "Tags"))) tags.set(key, value);
      return {};
    },

    UntagResource({ ResourceARN, TagKeys }) {
      const { tags } = targets.byArn(ResourceARN);
      for (const key of TagKeys ?? []) tags.delete(key);
      return {};
    },

    ListTagsForResource: ({ ResourceARN }) => ({
      Tags: Object.fromEntries(targets.byArn(ResourceARN).tags),
    }),
  });
  return {
    ...operations,
    async RegisterScalableTarget(input) {
      only("RegisterScalableTarget", input, [
        ...(["ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity"] as const),
        ...(["RoleARN", "Tags", "SuspendedState"] as const),
      ]);
      const former = targets.get(input);
      const min = input.MinCapacity ?? former?.min;
      const max = input.MaxCapacity ?? former?.max;
      if (min === undefined || max === undefined)
        throw new AwsError(
          "ValidationException",
          "MinCapacity and MaxCapacity must be specified when registering a new scalable target",
        );
      if (min > max || min < 0)
        throw new AwsError("ValidationException", `Maximum capacity cannot be less than minimum capacity`);
      if (former && input.Tags)
        throw new AwsError("ValidationException", "Tags can only be given when a scalable target is new");
      if (!former) await refuseUnlessThere(targets.name(input).resourceId);
      const target: Target = {
        ...{ ...targets.name(input), min, max, created: former?.created ?? clock.now() },
        role: input.RoleARN ?? former?.role ?? targets.serviceRole(),
        suspended: { ...former?.suspended, ...said(input.SuspendedState) },
        tags: former?.tags ?? new Map(Object.entries(input.Tags ?? {})),
      };
      targets.set(target);
      keeper.look(target.resourceId);
      return { ScalableTargetARN: target.arn };
    },

    close: () => keeper.close(),
  };

  async function refuseUnlessThere(resourceId: string): Promise<void> {
    if ((await services.find(resourceId)) === undefined)
      throw new AwsError("ValidationException", `ECS service doesn't exist: ${resourceId}`);
  }
}

/** The flags that a request sets; the others stay as they are. */
function said(suspended: sdk.SuspendedState = {}): sdk.SuspendedState {
  return Object.fromEntries(Object.entries(suspended).filter(([, flag]) => flag !== undefined));
}

function described(target: Target): sdk.ScalableTarget {
  const { suspended } = target;
  return {
    ...{ ServiceNamespace: "ecs", ResourceId: target.resourceId },
    ...{ ScalableDimension: "ecs:service:DesiredCount", ScalableTargetARN: target.arn },
    ...{ MinCapacity: target.min, MaxCapacity: target.max, RoleARN: target.role },
    CreationTime: target.created,
    SuspendedState: {
      DynamicScalingInSuspended: suspended.DynamicScalingInSuspended ?? false,
      DynamicScalingOutSuspended: suspended.DynamicScalingOutSuspended ?? false,
      ScheduledScalingSuspended: suspended.ScheduledScalingSuspended ?? false,
    },
  };
}
