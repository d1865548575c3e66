import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";

/** What CodeDeploy asks of the load balancer. */
export type RouteOperations = Operations<
  typeof sdk,
  "DescribeTargetGroups" | "DescribeRules" | "ModifyRule" | "ModifyListener"
>;

/** The two target groups of a deployment, by ARN. */
export interface Sides {
  readonly original: string;
  readonly replacement: string;
}

/**
 * Gives the replacement so many percent of a listener's traffic, and the original the rest: in each rule, the default one
 * among them, that forwards to either of the two. Throws where there is none.
 */
export async function route(
  elbv2: RouteOperations,
  to: { readonly listener: string; readonly sides: Sides; readonly percent: number },
): Promise<void> {
  const { listener, sides, percent } = to;
  const { Rules = [] } = await elbv2.DescribeRules({ ListenerArn: listener });
  const own = Rules.filter(({ Actions = [] }) => Actions.some((action) => names(action, sides)));
  if (own.length === 0)
    throw new AwsError(
      "InvalidLoadBalancerInfoException",
      `No rule of the listener ${listener} forwards to one of the deployment's target groups.`,
    );
  const actions = [
    {
      Type: "forward" as const,
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: sides.original, Weight: 100 - percent },
          { TargetGroupArn: sides.replacement, Weight: percent },
        ],
      },
    },
  ];
  for (const { RuleArn, IsDefault } of own) {
    if (IsDefault) await elbv2.ModifyListener({ ListenerArn: listener, DefaultActions: actions });
    else await elbv2.ModifyRule({ RuleArn, Actions: actions });
  }
}

/** ARNs of target groups by their names. */
export async function groupArns(
  elbv2: RouteOperations,
  names: readonly string[],
): Promise<readonly string[]> {
  const { TargetGroups = [] } = await elbv2.DescribeTargetGroups({ Names: [...names] });
  return names.map(
    (name) => TargetGroups.find(({ TargetGroupName }) => TargetGroupName === name)?.TargetGroupArn ?? "",
  );
}

function names({ TargetGroupArn, ForwardConfig }: sdk.Action, { original, replacement }: Sides): boolean {
  const groups = [TargetGroupArn, ...(ForwardConfig?.TargetGroups ?? []).map((one) => one.TargetGroupArn)];
  return groups.includes(original) || groups.includes(replacement);
}
