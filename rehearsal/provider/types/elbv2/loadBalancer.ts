import type { IpAddressType, LoadBalancerTypeEnum } from "@aws-sdk/client-elastic-load-balancing-v2";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import { setOf } from "../../schema/collections.ts";
import type { Values } from "../../schema/kinds.ts";
import { count, flag, text } from "../../schema/leaves.ts";
import { fromAttributes, numeric, onOff, textual, toAttributes } from "./attributes.ts";
import { elbRetag, elbTagList, elbTags } from "./tagging.ts";

const attributes = {
  idleTimeout: numeric("idle_timeout.timeout_seconds"),
  clientKeepAlive: numeric("client_keep_alive.seconds"),
  enableDeletionProtection: onOff("deletion_protection.enabled"),
  enableCrossZoneLoadBalancing: onOff("load_balancing.cross_zone.enabled"),
  enableHttp2: onOff("routing.http2.enabled"),
  enableWafFailOpen: onOff("waf.fail_open.enabled"),
  enableXffClientPort: onOff("routing.http.xff_client_port.enabled"),
  enableTlsVersionAndCipherSuiteHeaders: onOff("routing.http.x_amzn_tls_version_and_cipher_suite.enabled"),
  dropInvalidHeaderFields: onOff("routing.http.drop_invalid_header_fields.enabled"),
  preserveHostHeader: onOff("routing.http.preserve_host_header.enabled"),
  desyncMitigationMode: textual("routing.http.desync_mitigation_mode"),
  xffHeaderProcessingMode: textual("routing.http.xff_header_processing.mode"),
} as const;

const accessLogs = {
  enabled: onOff("access_logs.s3.enabled"),
  bucket: textual("access_logs.s3.bucket"),
  prefix: textual("access_logs.s3.prefix"),
} as const;

const properties = {
  name: { kind: text, required: true, forceNew: true },
  loadBalancerType: { kind: text, default: "application", forceNew: true },
  internal: { kind: flag, computed: true, forceNew: true },
  ipAddressType: { kind: text, computed: true },
  securityGroups: { kind: setOf(text), computed: true },
  subnets: { kind: setOf(text), computed: true },
  idleTimeout: { kind: count, default: 60 },
  clientKeepAlive: { kind: count, default: 3600 },
  enableDeletionProtection: { kind: flag, default: false },
  enableCrossZoneLoadBalancing: { kind: flag, computed: true },
  enableHttp2: { kind: flag, default: true },
  enableWafFailOpen: { kind: flag, default: false },
  enableXffClientPort: { kind: flag, default: false },
  enableTlsVersionAndCipherSuiteHeaders: { kind: flag, default: false },
  dropInvalidHeaderFields: { kind: flag, default: false },
  preserveHostHeader: { kind: flag, default: false },
  desyncMitigationMode: { kind: text, default: "defensive" },
  xffHeaderProcessingMode: { kind: text, default: "append" },
  accessLogs: {
    kind: block({
      bucket: { kind: text, required: true },
      prefix: { kind: text },
      enabled: { kind: flag, default: false },
    }),
  },
} as const;

export const loadBalancer = resourceType({
  token: "aws:lb/loadBalancer:LoadBalancer",
  title: "ELBv2 Load Balancer",
  properties,
  outputs: ["arn", "arnSuffix", "dnsName", "vpcId", "zoneId"],
  autoname: { longest: 32 },
  operations: (cloud) => {
    const { elbv2 } = cloud;
    return {
      async create(inputs, tags) {
        const { LoadBalancers } = await elbv2.CreateLoadBalancer({
          ...{ Name: inputs.name, Type: inputs.loadBalancerType as LoadBalancerTypeEnum },
          Scheme: inputs.internal ? "internal" : "internet-facing",
          ...(inputs.ipAddressType && { IpAddressType: inputs.ipAddressType as IpAddressType }),
          ...(inputs.securityGroups && { SecurityGroups: [...inputs.securityGroups] }),
          ...(inputs.subnets && { Subnets: [...inputs.subnets] }),
          ...elbTagList(tags),
        });
        const id = answered(LoadBalancers?.[0]?.LoadBalancerArn, "LoadBalancerArn");
        // AWS starts with its own defaults, so only what differs from them is written.
        const isOther = (name: string): boolean => {
          if (name === "accessLogs") return inputs.accessLogs !== undefined;
          const property = properties[name as keyof typeof attributes] as { readonly default?: unknown };
          return inputs[name as keyof typeof attributes] !== property.default;
        };
        await setAttributes(id, inputs, isOther);
        return id;
      },

      async read(id) {
        const answer = await unlessAbsent(/NotFound/, () =>
          elbv2.DescribeLoadBalancers({ LoadBalancerArns: [id] }),
        );
        const found = answer?.LoadBalancers?.[0];
        if (!found) return undefined;
        const { Attributes = [] } = await elbv2.DescribeLoadBalancerAttributes({ LoadBalancerArn: id });
        return {
          id,
          properties: {
            ...{ arn: id, arnSuffix: id.replace(/^.*:loadbalancer\//, ""), name: found.LoadBalancerName },
            ...{ dnsName: found.DNSName, zoneId: found.CanonicalHostedZoneId, vpcId: found.VpcId },
            ...{ loadBalancerType: found.Type, internal: found.Scheme === "internal" },
            ...{ ipAddressType: found.IpAddressType, securityGroups: found.SecurityGroups ?? [] },
            subnets: (found.AvailabilityZones ?? []).map(({ SubnetId }) => SubnetId),
            ...fromAttributes(attributes, Attributes),
            accessLogs: fromAttributes(accessLogs, Attributes),
            tags: await elbTags(cloud, id),
          },
        };
      },

      async update({ id, inputs, changed }) {
        if (changed.has("securityGroups"))
          await elbv2.SetSecurityGroups({
            ...{ LoadBalancerArn: id, SecurityGroups: [...(inputs.securityGroups ?? [])] },
          });
        if (changed.has("subnets"))
          await elbv2.SetSubnets({ LoadBalancerArn: id, Subnets: [...(inputs.subnets ?? [])] });
        await setAttributes(id, inputs, (name) => changed.has(name));
      },

      retag: elbRetag(cloud),

      async delete(id) {
        await unlessAbsent(/NotFound/, () => elbv2.DeleteLoadBalancer({ LoadBalancerArn: id }));
      },
    };

    async function setAttributes(
      LoadBalancerArn: string,
      inputs: Values<typeof properties>,
      of: (name: string) => boolean,
    ): Promise<void> {
      const logs = inputs.accessLogs ?? { enabled: false };
      const Attributes = [
        ...toAttributes(attributes, inputs, of),
        ...(of("accessLogs") ? toAttributes(accessLogs, logs, () => true) : []),
      ];
      if (Attributes.length > 0) await elbv2.ModifyLoadBalancerAttributes({ LoadBalancerArn, Attributes });
    }
  },
});
