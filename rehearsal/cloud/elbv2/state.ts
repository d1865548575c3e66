import { createHash, randomBytes } from "node:crypto";
import type { AvailabilityZone, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Listener as OpenListener } from "../../traffic/listener.ts";
import type { Ground } from "../cloud.ts";
import { refuse } from "./refusals.ts";
import type { TargetGroup } from "./targetGroup.ts";

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly address: string;
  readonly scheme: "internet-facing" | "internal";
  readonly vpc: string;
  readonly created: Date;
  readonly attributes: Map<string, string>;
  securityGroups: readonly string[];
  zones: readonly AvailabilityZone[];
}

export interface Listener {
  readonly arn: string;
  readonly balancer: LoadBalancer;
  port: number;
  protocol: "HTTP";
  /** In order of priority, the default rule last. */
  rules: readonly Rule[];
  open: OpenListener;
}

/** All that ELB keeps. */
export class State {
  readonly balancers = new Map<string, LoadBalancer>();
  readonly groups = new Map<string, TargetGroup>();
  readonly listeners = new Map<string, Listener>();
  /** By ARN of whatever is tagged. */
  readonly tags = new Map<string, Map<string, string>>();
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  arn(path: string): string {
    const { region, account } = this.#ground.identity;
    return `arn:aws:elasticloadbalancing:${region}:${account}:${path}`;
  }

  /** A new id as ELB makes them: 16 hex digits. */
  id(): string {
    return randomBytes(8).toString("hex");
  }

  /** Free address for a load balancer: .2 to .9 of the network. */
  address(): string {
    const taken = new Set([...this.balancers.values()].map(({ address }) => address));
    for (let host = 2; host < 10; host++) {
      const address = `${this.#ground.network}.${host}`;
      if (!taken.has(address)) return address;
    }
    throw refuse.invalid("This network has addresses for 8 load balancers, and all are taken");
  }

  /** Stable for a region, as AWS's hosted zones are. */
  hostedZone(): string {
    return `Z${createHash("sha256").update(this.#ground.identity.region).digest("hex").slice(0, 13).toUpperCase()}`;
  }

  balancer(arn: string | undefined): LoadBalancer {
    return this.balancers.get(arn ?? "") ?? fail(refuse.balancerNotFound(arn ?? ""));
  }

  group(arn: string | undefined): TargetGroup {
    return this.groups.get(arn ?? "") ?? fail(refuse.groupNotFound(arn ?? ""));
  }

  listener(arn: string | undefined): Listener {
    return this.listeners.get(arn ?? "") ?? fail(refuse.listenerNotFound(arn ?? ""));
  }

  rule(arn: string | undefined): { readonly listener: Listener; readonly rule: Rule } {
    for (const listener of this.listeners.values()) {
      const rule = listener.rules.find(({ RuleArn }) => RuleArn === arn);
      if (rule) return { listener, rule };
    }
    throw refuse.ruleNotFound(arn ?? "");
  }

  listenersOf(balancer: LoadBalancer): readonly Listener[] {
    return [...this.listeners.values()].filter((listener) => listener.balancer === balancer);
  }
}

function fail(error: Error): never {
  throw error;
}
