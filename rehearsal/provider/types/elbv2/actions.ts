import type {
  Action,
  ActionTypeEnum,
  RedirectActionStatusCodeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { block, normalised } from "../../schema/block.ts";
import { listOf, setOf } from "../../schema/collections.ts";
import type { Kind, Values } from "../../schema/kinds.ts";
import { count, flag, text } from "../../schema/leaves.ts";

const forward = {
  targetGroups: {
    kind: setOf(block({ arn: { kind: text, required: true }, weight: { kind: count, default: 1 } })),
    required: true,
  },
  stickiness: {
    kind: block({ duration: { kind: count, computed: true }, enabled: { kind: flag, default: false } }),
  },
} as const;

const redirect = {
  statusCode: { kind: text, required: true },
  protocol: { kind: text, default: "#{protocol}" },
  port: { kind: text, default: "#{port}" },
  host: { kind: text, default: "#{host}" },
  path: { kind: text, default: "/#{path}" },
  query: { kind: text, default: "#{query}" },
} as const;

const fixedResponse = {
  contentType: { kind: text, required: true },
  messageBody: { kind: text },
  statusCode: { kind: text, computed: true },
} as const;

const action = {
  type: { kind: text, required: true },
  order: { kind: count, computed: true },
  targetGroupArn: { kind: text },
  forward: { kind: block(forward) },
  redirect: { kind: block(redirect) },
  fixedResponse: { kind: block(fixedResponse) },
} as const;

type RuleAction = Values<typeof action>;

/** Actions of a listener or a rule. One target group is written as its ARN or as a forward; AWS answers both. */
export const actionList: Kind<readonly RuleAction[]> = listOf(normalised(block(action), asForward));

export function toActions(actions: readonly RuleAction[]): Action[] {
  return actions.map((one, index) => ({
    Type: one.type as ActionTypeEnum,
    // AWS wants an order where there are several.
    ...(actions.length > 1 && { Order: one.order ?? index + 1 }),
    ...(one.targetGroupArn && !one.forward && { TargetGroupArn: one.targetGroupArn }),
    ...(one.forward && {
      ForwardConfig: {
        TargetGroups: one.forward.targetGroups.map(({ arn, weight }) => ({
          ...{ TargetGroupArn: arn, Weight: weight },
        })),
        ...(one.forward.stickiness && {
          TargetGroupStickinessConfig: {
            Enabled: one.forward.stickiness.enabled,
            ...(one.forward.stickiness.duration && { DurationSeconds: one.forward.stickiness.duration }),
          },
        }),
      },
    }),
    ...(one.redirect && {
      RedirectConfig: {
        StatusCode: one.redirect.statusCode as RedirectActionStatusCodeEnum,
        ...{ Protocol: one.redirect.protocol, Port: one.redirect.port, Host: one.redirect.host },
        ...{ Path: one.redirect.path, Query: one.redirect.query },
      },
    }),
    ...(one.fixedResponse && {
      FixedResponseConfig: {
        ...{ ContentType: one.fixedResponse.contentType, MessageBody: one.fixedResponse.messageBody },
        StatusCode: one.fixedResponse.statusCode,
      },
    }),
  }));
}

export function fromActions(actions: readonly Action[] | undefined): readonly unknown[] {
  return (actions ?? []).map((one, index) => {
    const { ForwardConfig: config, RedirectConfig: to, FixedResponseConfig: fixed } = one;
    const groups =
      config?.TargetGroups ?? (one.TargetGroupArn ? [{ TargetGroupArn: one.TargetGroupArn, Weight: 1 }] : []);
    const sticky = config?.TargetGroupStickinessConfig;
    return {
      ...{ type: one.Type, order: one.Order ?? index + 1 },
      ...(one.Type === "forward" && {
        ...(groups.length === 1 && { targetGroupArn: groups[0]?.TargetGroupArn }),
        forward: {
          targetGroups: groups.map(({ TargetGroupArn, Weight }) => ({
            ...{ arn: TargetGroupArn, weight: Weight ?? 1 },
          })),
          stickiness: { enabled: sticky?.Enabled ?? false, duration: sticky?.DurationSeconds },
        },
      }),
      ...(to && {
        redirect: {
          ...{ statusCode: to.StatusCode, protocol: to.Protocol ?? "#{protocol}" },
          ...{ port: to.Port ?? "#{port}", host: to.Host ?? "#{host}" },
          ...{ path: to.Path ?? "/#{path}", query: to.Query ?? "#{query}" },
        },
      }),
      ...(fixed && {
        fixedResponse: {
          ...{ contentType: fixed.ContentType, messageBody: fixed.MessageBody ?? "" },
          statusCode: fixed.StatusCode,
        },
      }),
    };
  });
}

function asForward({ targetGroupArn, ...rest }: RuleAction): RuleAction {
  const only = targetGroupArn
    ? { targetGroups: [{ arn: targetGroupArn, weight: 1 }], stickiness: undefined }
    : undefined;
  // With a single group its weight means nothing.
  const given = rest.forward?.targetGroups;
  const isOne = Array.isArray(given) && given.length === 1;
  const unweighted = isOne &&
    rest.forward && { ...rest.forward, targetGroups: [{ ...given[0]!, weight: 1 }] };
  return { ...rest, targetGroupArn: undefined, forward: unweighted || (rest.forward ?? only) };
}
