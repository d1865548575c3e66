import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ModifyRuleCommand,
  type ElasticLoadBalancingV2Client,
  type Rule,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Outputs } from "../../../infra/outputs.ts";
import { colours, otherColour, type Colour } from "../../../infra/release.ts";
import { Problem } from "../../errors/problem.ts";
import type { Rules, Traffic, Weights } from "../../ports/traffic.ts";

/** Traffic over ELBv2. Both groups stay on both rules at all times: a group on no rule gets no health checks. */
export function createTraffic(client: ElasticLoadBalancingV2Client, outputs: Outputs): Traffic {
  const rules = async (signal: AbortSignal): Promise<Rules> => {
    const { productionRule, testRule } = outputs;
    const answer = await client.send(new DescribeRulesCommand({ RuleArns: [productionRule, testRule] }), {
      abortSignal: signal,
    });
    const find = (arn: string) => answer.Rules?.find(({ RuleArn }) => RuleArn === arn);
    const production = find(productionRule);
    const test = weightsOf(find(testRule), outputs);
    return {
      production: weightsOf(production, outputs),
      sticky: stickinessOf(production),
      test: shownBy(test),
    };
  };
  const modify = async (
    rule: string,
    to: { weights: Weights; sticky: number | null },
    signal: AbortSignal,
  ) => {
    const command = new ModifyRuleCommand({ RuleArn: rule, Actions: [forward(to, outputs)] });
    await client.send(command, { abortSignal: signal });
    return rules(signal);
  };
  return {
    rules,
    shift: (to, signal) => modify(outputs.productionRule, to, signal),
    pointTest: (colour, signal) => {
      const weights = { [colour]: 100, [otherColour(colour)]: 0 } as Weights;
      return modify(outputs.testRule, { weights, sticky: null }, signal);
    },
    health: async (colour, signal) => {
      const command = new DescribeTargetHealthCommand({
        TargetGroupArn: outputs.colours[colour].targetGroup,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return (answer.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
        address: Target?.Id ?? "",
        port: Target?.Port ?? 0,
        state: TargetHealth?.State ?? "unavailable",
        ...(TargetHealth?.Description ? { reason: TargetHealth.Description } : {}),
      }));
    },
  };
}

function forward({ weights, sticky }: { weights: Weights; sticky: number | null }, outputs: Outputs) {
  return {
    Type: "forward",
    ForwardConfig: {
      TargetGroups: colours.map((colour) => ({
        TargetGroupArn: outputs.colours[colour].targetGroup,
        Weight: weights[colour],
      })),
      TargetGroupStickinessConfig:
        sticky === null
          ? { Enabled: false }
          : { Enabled: true, DurationSeconds: Math.max(1, Math.round(sticky)) },
    },
  } as const;
}

/** A rule with one group alone gives it everything, whatever its weight says. */
function weightsOf(rule: Rule | undefined, outputs: Outputs): Weights {
  const action = rule?.Actions?.find(({ Type }) => Type === "forward");
  const groups = action?.ForwardConfig?.TargetGroups ?? [
    { TargetGroupArn: action?.TargetGroupArn, Weight: 100 },
  ];
  const strange = groups.find(
    ({ TargetGroupArn }) => !colours.some((colour) => outputs.colours[colour].targetGroup === TargetGroupArn),
  );
  if (!rule || strange) {
    throw new Problem("drift", {
      detail: rule
        ? `The rule ${rule.RuleArn} forwards to ${strange?.TargetGroupArn ?? "no group"}, which is neither blue nor green.`
        : "One of the stack's two listener rules is gone.",
      next: "Put the rule back with `pulumi up --refresh`, then try again.",
    });
  }
  const weight = (colour: Colour) =>
    groups.find(({ TargetGroupArn }) => TargetGroupArn === outputs.colours[colour].targetGroup)?.Weight ?? 0;
  if (groups.length === 1) return { blue: groupIs("blue"), green: groupIs("green") };
  return { blue: weight("blue"), green: weight("green") };

  function groupIs(colour: Colour): number {
    return groups[0]?.TargetGroupArn === outputs.colours[colour].targetGroup ? 100 : 0;
  }
}

function stickinessOf(rule: Rule | undefined): number | null {
  const config = rule?.Actions?.find(({ Type }) => Type === "forward")?.ForwardConfig
    ?.TargetGroupStickinessConfig;
  return config?.Enabled ? (config.DurationSeconds ?? null) : null;
}

function shownBy({ blue, green }: Weights): Colour | null {
  if (blue > 0 && green === 0) return "blue";
  if (green > 0 && blue === 0) return "green";
  return null;
}
