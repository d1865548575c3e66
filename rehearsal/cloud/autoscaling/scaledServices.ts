import type * as ecsSdk from "@aws-sdk/client-ecs";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";

/** What is asked of ECS. */
export type EcsCounts = Operations<typeof ecsSdk, "DescribeServices" | "UpdateService">;

/** ECS services by the resource id that a scalable target has, `service/<cluster>/<service>`. */
export class ScaledServices {
  readonly #ecs: EcsCounts;

  constructor(ecs: EcsCounts) {
    this.#ecs = ecs;
  }

  /** The service's desired count; undefined where there is no such service. */
  async find(resourceId: string): Promise<number | undefined> {
    const { cluster, service } = namesIn(resourceId);
    try {
      const { services } = await this.#ecs.DescribeServices({ cluster, services: [service] });
      return services?.find(({ status }) => status === "ACTIVE")?.desiredCount;
    } catch (error) {
      if (error instanceof AwsError && error.code === "ClusterNotFoundException") return undefined;
      throw error;
    }
  }

  async scale(resourceId: string, desiredCount: number): Promise<void> {
    await this.#ecs.UpdateService({ ...namesIn(resourceId), desiredCount });
  }
}

function namesIn(resourceId: string): { readonly cluster: string; readonly service: string } {
  const [, cluster = "", service = ""] = resourceId.split("/");
  return { cluster, service };
}
