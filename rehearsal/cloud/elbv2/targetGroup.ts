import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Group } from "../../traffic/group.ts";
import type { Clock } from "../clock.ts";
import { type HealthCheck, keepChecking } from "./healthCheck.ts";
import { RegisteredTarget } from "./registeredTarget.ts";

export interface TargetGroupSettings {
  readonly arn: string;
  readonly name: string;
  readonly vpc: string;
  readonly port: number;
  readonly targetType: "ip";
  readonly attributes: Map<string, string>;
  healthCheck: HealthCheck;
}

/** Targets, what is known of their health, and which of them get requests. */
export class TargetGroup {
  readonly settings: TargetGroupSettings;
  readonly traffic = new Group();
  /** ARNs of the load balancers whose rules name this group. */
  attachedTo: readonly string[] = [];
  readonly #targets = new Map<string, RegisteredTarget>();
  readonly #clock: Clock;

  constructor(settings: TargetGroupSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  get targets(): readonly RegisteredTarget[] {
    return [...this.#targets.values()];
  }

  find(address: string, port: number): RegisteredTarget | undefined {
    return this.#targets.get(`${address}:${port}`);
  }

  /** Attached to a rule a group is checked; without one its targets are unused. */
  attach(balancers: readonly string[]): void {
    const was = this.attachedTo.length > 0;
    this.attachedTo = balancers;
    if (was === balancers.length > 0) return;
    for (const target of this.#targets.values()) if (!target.isDraining) this.#watch(target);
  }

  register(address: string, port: number): void {
    const former = this.find(address, port);
    if (former && !former.isDraining) return;
    void former?.forget();
    const target = new RegisteredTarget(address, port);
    this.#targets.set(`${address}:${port}`, target);
    this.#watch(target);
  }

  /** No new requests from now on; those in flight have the deregistration delay. Nothing where it is not registered. */
  deregister(address: string, port: number): void {
    const target = this.find(address, port);
    if (!target || target.isDraining) return;
    target.drain();
    this.#admit();
    void this.#leave(target);
  }

  /** Reads the attributes that traffic depends on. */
  applyAttributes(): void {
    const { attributes } = this.settings;
    this.traffic.slowStart = 1000 * Number(attributes.get("slow_start.duration_seconds"));
    this.traffic.algorithm =
      attributes.get("load_balancing.algorithm.type") === "least_outstanding_requests"
        ? "least_outstanding_requests"
        : "round_robin";
  }

  health(target: RegisteredTarget): TargetHealth {
    return target.health;
  }

  async close(): Promise<void> {
    const all = this.targets;
    this.#targets.clear();
    this.#admit();
    await Promise.all(all.map((target) => target.forget()));
  }

  #watch(target: RegisteredTarget): void {
    target.watching?.abort();
    if (this.attachedTo.length === 0) {
      target.unused();
      this.#admit();
      return;
    }
    const watching = new AbortController();
    target.watch(watching);
    this.#admit();
    void keepChecking(target, {
      ...{ clock: this.#clock, signal: watching.signal },
      settings: () => this.settings.healthCheck,
      changed: () => this.#admit(),
    });
  }

  async #leave(target: RegisteredTarget): Promise<void> {
    const delay = 1000 * Number(this.settings.attributes.get("deregistration_delay.timeout_seconds"));
    const over = new AbortController();
    await Promise.race([
      target.traffic.idle(),
      this.#clock.real(delay, AbortSignal.any([over.signal, target.gone])).catch(() => {}),
    ]);
    over.abort();
    // It may have been registered anew meanwhile.
    if (this.find(target.address, target.port) === target)
      this.#targets.delete(`${target.address}:${target.port}`);
    await target.forget();
  }

  /** Healthy targets get the requests; where none is healthy all do, as AWS fails open. */
  #admit(): void {
    const staying = this.targets.filter(({ isDraining }) => !isDraining);
    const healthy = staying.filter(({ health }) => health.State === "healthy");
    this.traffic.admit((healthy.length > 0 ? healthy : staying).map(({ traffic }) => traffic));
  }
}
