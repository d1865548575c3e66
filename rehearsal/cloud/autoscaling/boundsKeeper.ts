import type * as ecsSdk from "@aws-sdk/client-ecs";
import type { Clock } from "../clock.ts";
import type { Operations } from "../operations.ts";
import type { Target } from "./targets.ts";

type EcsCounts = Operations<typeof ecsSdk, "DescribeServices" | "UpdateService">;

/** AWS acts on a target within a minute; it does not say how soon. */
const lookAfter = 10_000;
const lookEvery = 30_000;

/**
 * Brings a service's count back within its target's bounds, as Application Auto Scaling does: up to the minimum unless
 * scaling out is suspended, down to the maximum unless scaling in is. A service that is not there is left alone.
 */
export class BoundsKeeper {
  readonly #ecs: EcsCounts;
  readonly #clock: Clock;
  readonly #targets: () => readonly Target[];
  readonly #closed = new AbortController();

  constructor(
    ecs: EcsCounts,
    { clock, targets }: { readonly clock: Clock; readonly targets: () => readonly Target[] },
  ) {
    this.#ecs = ecs;
    this.#clock = clock;
    this.#targets = targets;
    void this.#lookOften();
  }

  /** Looks at one target soon, since it was just registered or resumed. */
  look(resourceId: string): void {
    void this.#wait(lookAfter).then(async (open) => {
      const target = this.#targets().find((one) => one.resourceId === resourceId);
      if (open && target) await this.#keep(target);
    });
  }

  close(): void {
    this.#closed.abort();
  }

  async #lookOften(): Promise<void> {
    while (await this.#wait(lookEvery)) for (const target of this.#targets()) await this.#keep(target);
  }

  /** False when it was closed meanwhile. */
  async #wait(ms: number): Promise<boolean> {
    try {
      await this.#clock.delay(ms, this.#closed.signal);
      return true;
    } catch {
      return false;
    }
  }

  async #keep({ resourceId, min, max, suspended }: Target): Promise<void> {
    const [, cluster = "", service = ""] = resourceId.split("/");
    try {
      const { services } = await this.#ecs.DescribeServices({ cluster, services: [service] });
      const count = services?.find(({ status }) => status === "ACTIVE")?.desiredCount;
      if (count === undefined) return;
      const out = count < min && suspended.DynamicScalingOutSuspended !== true;
      const into = count > max && suspended.DynamicScalingInSuspended !== true;
      if (out || into) await this.#ecs.UpdateService({ cluster, service, desiredCount: out ? min : max });
    } catch (error) {
      // The cluster may be gone, or another change be under way: the next look tries again.
      console.error(`autoscaling: ${resourceId}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
