import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AtOnce } from "../atOnce.ts";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only } from "../parameters.ts";
import { groupAttributes, listAttributes, writeAttributes } from "./attributes.ts";
import { compileMatcher, type HealthCheck } from "./healthCheck.ts";
import { refuse, required } from "./refusals.ts";
import type { State } from "./state.ts";
import { tag } from "./tagOperations.ts";
import { TargetGroup } from "./targetGroup.ts";

export type TargetGroupOperations = Operations<
  typeof sdk,
  | "CreateTargetGroup"
  | "DescribeTargetGroups"
  | "ModifyTargetGroup"
  | "DescribeTargetGroupAttributes"
  | "ModifyTargetGroupAttributes"
  | "DeleteTargetGroup"
>;

/** AWS's defaults of an HTTP health check. */
const defaultCheck: HealthCheck = {
  ...{ path: "/", port: "traffic-port", protocol: "HTTP", interval: 30, timeout: 5 },
  ...{ healthyThreshold: 5, unhealthyThreshold: 2, matcher: "200" },
};

const checkFields = [
  ...([
    "HealthCheckProtocol",
    "HealthCheckPort",
    "HealthCheckEnabled",
    "HealthCheckPath",
    "Matcher",
  ] as const),
  ...(["HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds"] as const),
  ...(["HealthyThresholdCount", "UnhealthyThresholdCount"] as const),
] as const;

export function targetGroupOperations(state: State, { clock }: Ground): AtOnce<TargetGroupOperations> {
  return {
    CreateTargetGroup(input) {
      only("CreateTargetGroup", input, [
        ...([
          "Name",
          "Protocol",
          "ProtocolVersion",
          "Port",
          "VpcId",
          "TargetType",
          "Tags",
          "IpAddressType",
        ] as const),
        ...checkFields,
      ]);
      const name = required(input.Name, "name");
      if (!/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/.test(name))
        throw refuse.invalid(`Target group name '${name}' must be 1 to 32 letters, digits or hyphens`);
      if (input.TargetType !== "ip")
        throw refuse.invalid(`Target type '${input.TargetType ?? "instance"}' is not served here, only 'ip'`);
      if (input.Protocol !== "HTTP" || (input.ProtocolVersion ?? "HTTP1") !== "HTTP1")
        throw refuse.invalid(
          `Protocol '${input.Protocol} ${input.ProtocolVersion ?? ""}' is not served here, only HTTP1`,
        );
      if ([...state.groups.values()].some((other) => other.settings.name === name))
        throw new AwsError(
          "DuplicateTargetGroupName",
          `A target group with the name '${name}' exists already`,
        );
      const arn = state.arn(`targetgroup/${name}/${state.id()}`);
      const group = new TargetGroup(
        {
          ...{ arn, name, vpc: required(input.VpcId, "VpcId"), port: required(input.Port, "port") },
          ...{ targetType: "ip", attributes: new Map(Object.entries(groupAttributes)) },
          healthCheck: checkFrom(input, defaultCheck),
        },
        clock,
      );
      state.groups.set(arn, group);
      tag(state, arn, input.Tags);
      return { TargetGroups: [shown(group)] };
    },

    DescribeTargetGroups(input) {
      only("DescribeTargetGroups", input, [
        "LoadBalancerArn",
        "TargetGroupArns",
        "Names",
        "Marker",
        "PageSize",
      ]);
      const { TargetGroupArns: arns = [], Names: names = [], LoadBalancerArn: balancer } = input;
      for (const arn of arns) state.group(arn);
      if (balancer !== undefined) state.balancer(balancer);
      const all = [...state.groups.values()];
      for (const name of names)
        if (!all.some(({ settings }) => settings.name === name)) throw refuse.groupNotFound(name);
      const found = all.filter(
        ({ settings, attachedTo }) =>
          (arns.length === 0 || arns.includes(settings.arn)) &&
          (names.length === 0 || names.includes(settings.name)) &&
          (balancer === undefined || attachedTo.includes(balancer)),
      );
      const { items, next } = page(found, {
        ...{ size: input.PageSize, token: input.Marker },
        refuse: () => refuse.invalid("Marker is not valid"),
      });
      return { TargetGroups: items.map(shown), ...(next && { NextMarker: next }) };
    },

    ModifyTargetGroup(input) {
      only("ModifyTargetGroup", input, ["TargetGroupArn", ...checkFields]);
      const group = state.group(input.TargetGroupArn);
      group.settings.healthCheck = checkFrom(input, group.settings.healthCheck);
      return { TargetGroups: [shown(group)] };
    },

    DescribeTargetGroupAttributes(input) {
      only("DescribeTargetGroupAttributes", input, ["TargetGroupArn"]);
      return { Attributes: listAttributes(state.group(input.TargetGroupArn).settings.attributes) };
    },

    ModifyTargetGroupAttributes(input) {
      only("ModifyTargetGroupAttributes", input, ["TargetGroupArn", "Attributes"]);
      const group = state.group(input.TargetGroupArn);
      writeAttributes(group.settings.attributes, groupAttributes, input.Attributes);
      group.applyAttributes();
      return { Attributes: listAttributes(group.settings.attributes) };
    },

    DeleteTargetGroup(input) {
      only("DeleteTargetGroup", input, ["TargetGroupArn"]);
      const arn = input.TargetGroupArn ?? "";
      const group = state.groups.get(arn);
      if (!group) return {};
      if (group.attachedTo.length > 0)
        throw refuse.inUse(`Target group '${arn}' is currently in use by a listener or a rule`);
      state.groups.delete(arn);
      state.tags.delete(arn);
      void group.close();
      return {};
    },
  };
}

interface CheckInput {
  readonly HealthCheckProtocol?: string | undefined;
  readonly HealthCheckPort?: string | undefined;
  readonly HealthCheckEnabled?: boolean | undefined;
  readonly HealthCheckPath?: string | undefined;
  readonly HealthCheckIntervalSeconds?: number | undefined;
  readonly HealthCheckTimeoutSeconds?: number | undefined;
  readonly HealthyThresholdCount?: number | undefined;
  readonly UnhealthyThresholdCount?: number | undefined;
  readonly Matcher?: sdk.Matcher | undefined;
}

function checkFrom(input: CheckInput, former: HealthCheck): HealthCheck {
  if (input.HealthCheckEnabled === false)
    throw refuse.invalid("Health check enabled must be true for target type 'ip'");
  if ((input.HealthCheckProtocol ?? "HTTP") !== "HTTP")
    throw refuse.invalid(
      `Health check protocol '${input.HealthCheckProtocol}' is not served here, only HTTP`,
    );
  const next: HealthCheck = {
    protocol: "HTTP",
    path: input.HealthCheckPath ?? former.path,
    port: input.HealthCheckPort ?? former.port,
    interval: within("Health check interval", input.HealthCheckIntervalSeconds ?? former.interval, [5, 300]),
    timeout: within("Health check timeout", input.HealthCheckTimeoutSeconds ?? former.timeout, [2, 120]),
    healthyThreshold: within(
      "Healthy threshold",
      input.HealthyThresholdCount ?? former.healthyThreshold,
      [2, 10],
    ),
    unhealthyThreshold: within(
      "Unhealthy threshold",
      input.UnhealthyThresholdCount ?? former.unhealthyThreshold,
      [2, 10],
    ),
    matcher: input.Matcher?.HttpCode ?? former.matcher,
  };
  compileMatcher(next.matcher);
  if (!next.path.startsWith("/"))
    throw refuse.invalid(`Health check path '${next.path}' must begin with '/'`);
  if (next.timeout >= next.interval)
    throw refuse.invalid(
      `Health check timeout (${next.timeout}) must be smaller than the interval (${next.interval})`,
    );
  return next;
}

function within(what: string, value: number, [least, most]: readonly [number, number]): number {
  if (value < least || value > most)
    throw refuse.invalid(`${what} '${value}' must be between ${least} and ${most}`);
  return value;
}

function shown({ settings, attachedTo }: TargetGroup): sdk.TargetGroup {
  const { healthCheck: check } = settings;
  return {
    ...{
      TargetGroupArn: settings.arn,
      TargetGroupName: settings.name,
      Protocol: "HTTP",
      Port: settings.port,
    },
    ...{
      VpcId: settings.vpc,
      TargetType: settings.targetType,
      ProtocolVersion: "HTTP1",
      IpAddressType: "ipv4",
    },
    ...{ HealthCheckProtocol: check.protocol, HealthCheckPort: check.port, HealthCheckEnabled: true },
    ...{ HealthCheckIntervalSeconds: check.interval, HealthCheckTimeoutSeconds: check.timeout },
    ...{ HealthyThresholdCount: check.healthyThreshold, UnhealthyThresholdCount: check.unhealthyThreshold },
    ...{ HealthCheckPath: check.path, Matcher: { HttpCode: check.matcher } },
    LoadBalancerArns: [...attachedTo],
  };
}
