import type { Clock } from "../clock.ts";
import type { ScaledServices } from "./scaledServices.ts";
import type { Target } from "./targets.ts";

/** AWS acts on a target within a minute; it does not say how soon. */
const lookAfter = 10_000;
const lookEvery = 30_000;

/**
 * Brings a service's count back within its target's bounds, as Application Auto Scaling does: up to the minimum unless
 * scaling out is suspended, down to the maximum unless scaling in is. A service that is not there is left alone.
 */
export class BoundsKeeper {
  readonly #services: ScaledServices;
  readonly #clock: Clock;
  readonly #targets: () => readonly Target[];
  readonly #closed = new AbortController();

  constructor(
    services: ScaledServices,
    { clock, targets }: { readonly clock: Clock; readonly targets: () => readonly Target[] },
  ) {
    this.#services = services;
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
    try {
      const count = await this.#services.find(resourceId);
      if (count === undefined) return;
      const out = count < min && suspended.DynamicScalingOutSuspended !== true;
      const into = count > max && suspended.DynamicScalingInSuspended !== true;
      if (out || into) await this.#services.scale(resourceId, out ? min : max);
    } catch (error) {
      // Another change may be under way: the next look tries again.
      console.error(`autoscaling: ${resourceId}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
