import { ListenerRule } from "@pulumi/aws/lb/listenerRule.js";
import type { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
import type { Colour } from "./release.ts";
import type { Balancer } from "./loadBalancer.ts";

export interface Rules {
  readonly production: ListenerRule;
  readonly test: ListenerRule;
}

/**
 * The two rules whose actions the service writes by ModifyRule. Pulumi makes them and looks away: a weight that has two
 * owners is put back by the wrong one.
 */
export function rules({ production, test }: Balancer, groups: Readonly<Record<Colour, TargetGroup>>): Rules {
  const everything = { priority: 1, conditions: [{ pathPattern: { values: ["/*"] } }] };
  const ignored = { ignoreChanges: ["actions"] };
  return {
    production: new ListenerRule(
      "production",
      {
        ...everything,
        listenerArn: production.arn,
        // An unattached target group gets no health checks, so both stay on the rule at 100/0.
        actions: [forward([groups.blue, 100], [groups.green, 0])],
      },
      ignored,
    ),
    test: new ListenerRule(
      "test",
      { ...everything, listenerArn: test.arn, actions: [forward([groups.green, 100])] },
      ignored,
    ),
  };
}

function forward(...weighted: readonly (readonly [group: TargetGroup, weight: number])[]) {
  return {
    type: "forward",
    forward: { targetGroups: weighted.map(([group, weight]) => ({ arn: group.arn, weight })) },
  };
}
