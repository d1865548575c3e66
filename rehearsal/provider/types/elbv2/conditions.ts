import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { block } from "../../schema/block.ts";
import { setOf } from "../../schema/collections.ts";
import type { Kind, Values } from "../../schema/kinds.ts";
import { text } from "../../schema/leaves.ts";

const values = block({ values: { kind: setOf(text), required: true } });

const condition = {
  pathPattern: { kind: values },
  hostHeader: { kind: values },
  httpRequestMethod: { kind: values },
  sourceIp: { kind: values },
  httpHeader: {
    kind: block({
      httpHeaderName: { kind: text, required: true },
      values: { kind: setOf(text), required: true },
    }),
  },
  queryStrings: {
    kind: setOf(block({ key: { kind: text }, value: { kind: text, required: true } })),
  },
} as const;

type Condition = Values<typeof condition>;

export const conditionSet: Kind<readonly Condition[]> = setOf(block(condition));

export function toConditions(conditions: readonly Condition[]): RuleCondition[] {
  return conditions.flatMap((one): RuleCondition[] => {
    const { pathPattern, hostHeader, httpHeader, httpRequestMethod, queryStrings, sourceIp } = one;
    const listed = (Values: readonly string[]) => ({ Values: [...Values] });
    return [
      ...(pathPattern ? [{ Field: "path-pattern", PathPatternConfig: listed(pathPattern.values) }] : []),
      ...(hostHeader ? [{ Field: "host-header", HostHeaderConfig: listed(hostHeader.values) }] : []),
      ...(sourceIp ? [{ Field: "source-ip", SourceIpConfig: listed(sourceIp.values) }] : []),
      ...(httpRequestMethod
        ? [{ Field: "http-request-method", HttpRequestMethodConfig: listed(httpRequestMethod.values) }]
        : []),
      ...(httpHeader
        ? [
            {
              Field: "http-header",
              HttpHeaderConfig: {
                HttpHeaderName: httpHeader.httpHeaderName,
                ...listed(httpHeader.values),
              },
            },
          ]
        : []),
      ...(queryStrings
        ? [
            {
              Field: "query-string",
              QueryStringConfig: {
                Values: queryStrings.map(({ key, value }) => ({ ...(key && { Key: key }), Value: value })),
              },
            },
          ]
        : []),
    ];
  });
}

export function fromConditions(conditions: readonly RuleCondition[] | undefined): readonly unknown[] {
  return (conditions ?? []).map((one) => {
    // The oldest form has the values of paths and hosts beside the field.
    const of = (config: { Values?: string[] | undefined } | undefined) => ({
      values: config?.Values ?? one.Values ?? [],
    });
    switch (one.Field) {
      case "path-pattern":
        return { pathPattern: of(one.PathPatternConfig) };
      case "host-header":
        return { hostHeader: of(one.HostHeaderConfig) };
      case "http-request-method":
        return { httpRequestMethod: of(one.HttpRequestMethodConfig) };
      case "source-ip":
        return { sourceIp: of(one.SourceIpConfig) };
      case "http-header":
        return {
          httpHeader: {
            httpHeaderName: one.HttpHeaderConfig?.HttpHeaderName,
            ...of(one.HttpHeaderConfig),
          },
        };
      case "query-string":
        return {
          queryStrings: (one.QueryStringConfig?.Values ?? []).map(({ Key, Value }) => ({
            ...{ key: Key ?? "", value: Value },
          })),
        };
      case undefined:
      default:
        throw new Error(`A rule's condition on ${one.Field} is not simulated here.`);
    }
  });
}
