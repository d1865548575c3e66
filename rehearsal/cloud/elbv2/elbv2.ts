import type { CountsShown } from "../../traffic/counts.ts";
import { atOnce } from "../atOnce.ts";
import type { Ground } from "../cloud.ts";
import { type ListenerOperations, listenerOperations } from "./listenerOperations.ts";
import {
  type LoadBalancerOperations,
  loadBalancerOperations,
  type Subnets,
} from "./loadBalancerOperations.ts";
import { type RuleOperations, ruleOperations } from "./ruleOperations.ts";
import { State } from "./state.ts";
import { tagOperations } from "./tagOperations.ts";
import { type TargetGroupOperations, targetGroupOperations } from "./targetGroupOperations.ts";
import { type TargetOperations, targetOperations } from "./targetOperations.ts";

type TagOperations = ReturnType<typeof tagOperations>;

/** Elastic Load Balancing, application load balancers only: AWS's operations, and real traffic behind them. */
export interface Elbv2
  extends
    LoadBalancerOperations,
    TargetGroupOperations,
    TargetOperations,
    ListenerOperations,
    RuleOperations,
    Asynchronous<TagOperations> {
  /** What a target group did with its requests since it was made. @throws AwsError where there is no such group */
  counts(targetGroupArn: string): CountsShown;
  /** Closes every listener and connection. */
  close(): Promise<void>;
}

type Asynchronous<Plain> = {
  readonly [Name in keyof Plain]: Plain[Name] extends (input: infer Input) => infer Output
    ? (input: Input) => Promise<Output>
    : never;
};

export function createElbv2(ground: Ground, { ec2 }: { readonly ec2: Subnets }): Elbv2 {
  const state = new State(ground);
  return {
    ...loadBalancerOperations(state, { ground, ec2 }),
    ...listenerOperations(state),
    ...atOnce<TargetGroupOperations>(targetGroupOperations(state, ground)),
    ...atOnce<TargetOperations>(targetOperations(state)),
    ...atOnce<RuleOperations>(ruleOperations(state)),
    ...atOnce<Asynchronous<TagOperations>>(tagOperations(state)),
    counts: (arn) => state.group(arn).traffic.counts.shown(),
    async close() {
      await Promise.all([...state.listeners.values()].map(({ open }) => open.close()));
      await Promise.all([...state.groups.values()].map((group) => group.close()));
      state.listeners.clear();
      state.groups.clear();
    },
  };
}
