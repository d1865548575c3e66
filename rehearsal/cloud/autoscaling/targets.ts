import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-application-auto-scaling";
import type { Identity } from "../cloud.ts";
import { AwsError } from "../awsError.ts";

export interface Target {
  /** `service/<cluster>/<service>` */
  readonly resourceId: string;
  readonly arn: string;
  readonly min: number;
  readonly max: number;
  readonly role: string;
  readonly suspended: sdk.SuspendedState;
  readonly created: Date;
  readonly tags: Map<string, string>;
}

type Named = Pick<sdk.ScalableTarget, "ServiceNamespace" | "ResourceId" | "ScalableDimension">;

/** The scalable targets, ECS services only. */
export class Targets {
  readonly #identity: Identity;
  readonly #targets = new Map<string, Target>();

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  all(): readonly Target[] {
    return [...this.#targets.values()];
  }

  name({ ServiceNamespace, ResourceId = "", ScalableDimension }: Partial<Named>) {
    if (ServiceNamespace !== "ecs" || ScalableDimension !== "ecs:service:DesiredCount")
      throw new AwsError(
        "ValidationException",
        `The rehearsal scales ecs by ecs:service:DesiredCount, not ${ServiceNamespace} by ${ScalableDimension}`,
      );
    if (!/^service\/[^/]+\/[^/]+$/.test(ResourceId))
      throw new AwsError("ValidationException", `Unsupported resource ID: ${ResourceId}`);
    const { region, account } = this.#identity;
    const id = createHash("sha256").update(ResourceId).digest("hex").slice(0, 32);
    return {
      resourceId: ResourceId,
      arn: `arn:aws:application-autoscaling:${region}:${account}:scalable-target/${id}`,
    };
  }

  serviceRole(): string {
    return `arn:aws:iam::${this.#identity.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`;
  }

  get(named: Partial<Named>): Target | undefined {
    return this.#targets.get(this.name(named).resourceId);
  }

  set(target: Target): void {
    this.#targets.set(target.resourceId, target);
  }

  delete(named: Partial<Named>): void {
    const { resourceId } = this.name(named);
    if (!this.#targets.delete(resourceId))
      throw new AwsError(
        "ObjectNotFoundException",
        `No scalable target registered for service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ecs:service:DesiredCount`,
      );
  }

  byArn(arn: string | undefined): Target {
    const target = this.all().find((one) => one.arn === arn);
    if (!target)
      throw new AwsError("ResourceNotFoundException", `The specified resource doesn't exist: ${arn}`);
    return target;
  }
}
