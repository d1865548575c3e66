import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Target } from "../../traffic/target.ts";

/** A target from its registration until it has left. */
export class RegisteredTarget {
  readonly address: string;
  readonly port: number;
  readonly traffic: Target;
  /** In AWS's words. */
  health: TargetHealth = { State: "initial" };
  /** Aborts its health checks. */
  watching: AbortController | undefined;
  isDraining = false;
  readonly #gone = new AbortController();

  constructor(address: string, port: number) {
    this.address = address;
    this.port = port;
    this.traffic = new Target(address, port);
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  unused(): void {
    this.watching = undefined;
    this.health = {
      ...{ State: "unused", Reason: "Target.NotInUse" },
      Description: "Target group is not configured to receive traffic from the load balancer",
    };
  }

  watch(watching: AbortController): void {
    this.watching = watching;
    this.health = {
      ...{ State: "initial", Reason: "Elb.RegistrationInProgress" },
      Description: "Target registration is in progress",
    };
  }

  drain(): void {
    this.isDraining = true;
    this.watching?.abort();
    this.health = {
      ...{ State: "draining", Reason: "Target.DeregistrationInProgress" },
      Description: "Target deregistration is in progress",
    };
  }

  /** Ends its checks, cuts what is still in flight and closes its connections. */
  async forget(): Promise<void> {
    this.watching?.abort();
    this.#gone.abort();
    await this.traffic.close();
  }
}
