import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError } from "../../../../rehearsal/cloud/awsError.ts";
import type { ProviderCloud } from "../../../../rehearsal/provider/providerCloud.ts";

type Item = Record<string, unknown> & { attributes: Map<string, string>; tags: Map<string, string> };

/** ELB as far as the provider's types ask: it keeps what it is given and answers it in AWS's shapes. */
export function fakeElbv2(): ProviderCloud["elbv2"] & { readonly left: () => readonly string[] } {
  const items = new Map<string, Item>();
  let made = 0;
  const arn = (path: string) => `arn:aws:elasticloadbalancing:eu-central-1:123456789012:${path}`;
  const tagged = (tags: readonly sdk.Tag[] | undefined) =>
    new Map((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
  const find = (kind: string, id: string | undefined): Item => {
    const item = items.get(id ?? "");
    if (!item) throw new AwsError(`${kind}NotFound`, `One or more ${kind}s not found`);
    return item;
  };
  const add = (id: string, item: Record<string, unknown>, tags: readonly sdk.Tag[] | undefined) => {
    items.set(id, { ...item, attributes: new Map(), tags: tagged(tags) });
    return id;
  };
  const shown = (item: Item) => {
    const own = Object.entries(item).filter(([name]) => name !== "attributes" && name !== "tags");
    return structuredClone(Object.fromEntries(own));
  };
  const listed = (defaults: Record<string, string>, { attributes }: Item) =>
    [...new Map([...Object.entries(defaults), ...attributes])].map(([Key, Value]) => ({ Key, Value }));
  const write = (item: Item, attributes: readonly sdk.TargetGroupAttribute[] | undefined) => {
    for (const { Key = "", Value = "" } of attributes ?? []) item.attributes.set(Key, Value);
  };
  const asForward = (actions: readonly sdk.Action[] | undefined) =>
    (actions ?? []).map((action) => {
      const groups = action.ForwardConfig?.TargetGroups ?? [
        { TargetGroupArn: action.TargetGroupArn, Weight: 1 },
      ];
      if (action.Type !== "forward") return { Order: 1, ...action };
      return {
        ...action,
        Order: 1,
        ...(groups.length === 1 && { TargetGroupArn: groups[0]?.TargetGroupArn }),
        ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig: { Enabled: false } },
      };
    });
  const done = async <Value>(value: Value): Promise<Value> => Promise.resolve(value);
  const remove = async (id: string | undefined) => {
    items.delete(id ?? "");
    return done({});
  };

  const operations = {
    CreateLoadBalancer: async (input: sdk.CreateLoadBalancerInput) => {
      const id = arn(`loadbalancer/app/${input.Name}/${++made}`);
      const shape = {
        ...{ LoadBalancerArn: id, LoadBalancerName: input.Name, DNSName: "127.16.0.2", VpcId: "vpc-1" },
        ...{ CanonicalHostedZoneId: "Z1", Scheme: input.Scheme, Type: input.Type, IpAddressType: "ipv4" },
        SecurityGroups: input.SecurityGroups,
        AvailabilityZones: input.Subnets?.map((SubnetId) => ({ SubnetId })),
      };
      add(id, shape, input.Tags);
      return done({ LoadBalancers: [{ LoadBalancerArn: id }] });
    },
    DescribeLoadBalancers: async ({ LoadBalancerArns: [id] = [] }: sdk.DescribeLoadBalancersInput) =>
      done({ LoadBalancers: [shown(find("LoadBalancer", id))] }),
    DescribeLoadBalancerAttributes: async ({ LoadBalancerArn }: sdk.DescribeLoadBalancerAttributesInput) =>
      done({ Attributes: listed(balancerDefaults, find("LoadBalancer", LoadBalancerArn)) }),
    ModifyLoadBalancerAttributes: async (input: sdk.ModifyLoadBalancerAttributesInput) => {
      write(find("LoadBalancer", input.LoadBalancerArn), input.Attributes);
      return done({});
    },
    DeleteLoadBalancer: ({ LoadBalancerArn }: sdk.DeleteLoadBalancerInput) => remove(LoadBalancerArn),

    CreateTargetGroup: async ({ Name, Tags, ...input }: sdk.CreateTargetGroupInput) => {
      const id = arn(`targetgroup/${Name}/${++made}`);
      const check = {
        ...{ HealthyThresholdCount: 5, UnhealthyThresholdCount: 2, HealthCheckTimeoutSeconds: 5 },
        ...{ HealthCheckPath: "/", Matcher: { HttpCode: "200" } },
      };
      add(
        id,
        {
          ...{ TargetGroupArn: id, TargetGroupName: Name, ProtocolVersion: "HTTP1", IpAddressType: "ipv4" },
          ...{ LoadBalancerArns: [], ...check, ...input },
        },
        Tags,
      );
      return done({ TargetGroups: [{ TargetGroupArn: id }] });
    },
    DescribeTargetGroups: async ({ TargetGroupArns: [id] = [] }: sdk.DescribeTargetGroupsInput) =>
      done({ TargetGroups: [shown(find("TargetGroup", id))] }),
    DescribeTargetGroupAttributes: async ({ TargetGroupArn }: sdk.DescribeTargetGroupAttributesInput) =>
      done({ Attributes: listed(groupDefaults, find("TargetGroup", TargetGroupArn)) }),
    ModifyTargetGroup: async ({ TargetGroupArn, ...input }: sdk.ModifyTargetGroupInput) => {
      Object.assign(find("TargetGroup", TargetGroupArn), input);
      return done({});
    },
    ModifyTargetGroupAttributes: async (input: sdk.ModifyTargetGroupAttributesInput) => {
      write(find("TargetGroup", input.TargetGroupArn), input.Attributes);
      return done({});
    },
    DeleteTargetGroup: ({ TargetGroupArn }: sdk.DeleteTargetGroupInput) => remove(TargetGroupArn),

    CreateListener: async ({ Tags, ...input }: sdk.CreateListenerInput) => {
      const id = `${input.LoadBalancerArn?.replace(":loadbalancer/", ":listener/")}/${++made}`;
      add(id, { ListenerArn: id, ...input, DefaultActions: asForward(input.DefaultActions) }, Tags);
      return done({ Listeners: [{ ListenerArn: id }] });
    },
    DescribeListeners: async ({ ListenerArns: [id] = [] }: sdk.DescribeListenersInput) =>
      done({ Listeners: [shown(find("Listener", id))] }),
    ModifyListener: async ({ ListenerArn, ...input }: sdk.ModifyListenerInput) => {
      const given = Object.entries(input).filter(([, value]) => value !== undefined);
      Object.assign(find("Listener", ListenerArn), Object.fromEntries(given));
      return done({});
    },
    DeleteListener: ({ ListenerArn }: sdk.DeleteListenerInput) => remove(ListenerArn),

    CreateRule: async ({ Tags, ListenerArn, Priority, ...input }: sdk.CreateRuleInput) => {
      const id = `${ListenerArn?.replace(":listener/", ":listener-rule/")}/${++made}`;
      const shape = { RuleArn: id, Priority: String(Priority), ...input, Actions: asForward(input.Actions) };
      add(id, shape, Tags);
      return done({ Rules: [{ RuleArn: id }] });
    },
    DescribeRules: async ({ RuleArns, ListenerArn = "" }: sdk.DescribeRulesInput) => {
      const prefix = `${ListenerArn.replace(":listener/", ":listener-rule/")}/`;
      const ids = RuleArns ?? [...items.keys()].filter((id) => id.startsWith(prefix));
      return done({ Rules: ids.map((id) => shown(find("Rule", id))) });
    },
    ModifyRule: async ({ RuleArn, Actions, Conditions }: sdk.ModifyRuleInput) => {
      const rule = find("Rule", RuleArn);
      if (Actions) rule["Actions"] = asForward(Actions);
      if (Conditions) rule["Conditions"] = Conditions;
      return done({});
    },
    SetRulePriorities: async ({ RulePriorities = [] }: sdk.SetRulePrioritiesInput) => {
      for (const { RuleArn, Priority } of RulePriorities)
        find("Rule", RuleArn)["Priority"] = String(Priority);
      return done({});
    },
    DeleteRule: ({ RuleArn }: sdk.DeleteRuleInput) => remove(RuleArn),

    AddTags: async ({ ResourceArns: [id] = [], Tags = [] }: sdk.AddTagsInput) => {
      for (const { Key = "", Value = "" } of Tags) find("LoadBalancer", id).tags.set(Key, Value);
      return done({});
    },
    RemoveTags: async ({ ResourceArns: [id] = [], TagKeys = [] }: sdk.RemoveTagsInput) => {
      for (const key of TagKeys) find("LoadBalancer", id).tags.delete(key);
      return done({});
    },
    DescribeTags: async ({ ResourceArns: [id] = [] }: sdk.DescribeTagsInput) => {
      const Tags = [...find("LoadBalancer", id).tags].map(([Key, Value]) => ({ Key, Value }));
      return done({ TagDescriptions: [{ Tags }] });
    },
    left: () => [...items.keys()],
  };
  return operations as unknown as ReturnType<typeof fakeElbv2>;
}

const balancerDefaults = {
  "idle_timeout.timeout_seconds": "60",
  "client_keep_alive.seconds": "3600",
  "deletion_protection.enabled": "false",
  "load_balancing.cross_zone.enabled": "true",
  "routing.http2.enabled": "true",
  "routing.http.desync_mitigation_mode": "defensive",
  "routing.http.xff_header_processing.mode": "append",
  "access_logs.s3.enabled": "false",
  "access_logs.s3.bucket": "",
  "access_logs.s3.prefix": "",
};

const groupDefaults = {
  "deregistration_delay.timeout_seconds": "300",
  "slow_start.duration_seconds": "0",
  "load_balancing.algorithm.type": "round_robin",
  "stickiness.enabled": "false",
  "stickiness.type": "lb_cookie",
  "stickiness.lb_cookie.duration_seconds": "86400",
};
