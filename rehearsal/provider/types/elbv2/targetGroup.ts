import type {
  ProtocolEnum,
  TargetGroupIpAddressTypeEnum,
  TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import type { Values } from "../../schema/kinds.ts";
import { count, flag, text } from "../../schema/leaves.ts";
import { whileRefused } from "../../wait.ts";
import { fromAttributes, numeric, onOff, textual, toAttributes } from "./attributes.ts";
import { fromHealthCheck, healthCheck, toHealthCheck } from "./healthCheck.ts";
import { elbRetag, elbTagList, elbTags } from "./tagging.ts";

const attributes = {
  deregistrationDelay: numeric("deregistration_delay.timeout_seconds"),
  slowStart: numeric("slow_start.duration_seconds"),
  loadBalancingAlgorithmType: textual("load_balancing.algorithm.type"),
  loadBalancingAnomalyMitigation: textual("load_balancing.algorithm.anomaly_mitigation"),
  loadBalancingCrossZoneEnabled: textual("load_balancing.cross_zone.enabled"),
} as const;

const stickiness = {
  enabled: onOff("stickiness.enabled"),
  type: textual("stickiness.type"),
  cookieDuration: numeric("stickiness.lb_cookie.duration_seconds"),
} as const;

const properties = {
  name: { kind: text, required: true, forceNew: true },
  port: { kind: count, forceNew: true },
  protocol: { kind: text, computed: true, forceNew: true },
  protocolVersion: { kind: text, computed: true, forceNew: true },
  targetType: { kind: text, default: "instance", forceNew: true },
  ipAddressType: { kind: text, computed: true, forceNew: true },
  vpcId: { kind: text, forceNew: true },
  healthCheck: { kind: healthCheck, computed: true },
  deregistrationDelay: { kind: count, default: 300 },
  slowStart: { kind: count, default: 0 },
  loadBalancingAlgorithmType: { kind: text, computed: true },
  loadBalancingAnomalyMitigation: { kind: text, computed: true },
  loadBalancingCrossZoneEnabled: { kind: text, computed: true },
  stickiness: {
    kind: block({
      type: { kind: text, required: true },
      enabled: { kind: flag, default: true },
      cookieDuration: { kind: count, default: 86_400 },
    }),
    computed: true,
  },
} as const;

export const targetGroup = resourceType({
  token: "aws:lb/targetGroup:TargetGroup",
  title: "ELBv2 Target Group",
  properties,
  outputs: ["arn", "arnSuffix", "loadBalancerArns"],
  autoname: { longest: 32 },
  operations: (cloud) => {
    const { elbv2 } = cloud;
    return {
      async create(inputs, tags) {
        const { TargetGroups } = await elbv2.CreateTargetGroup({
          ...{ Name: inputs.name, Port: inputs.port, VpcId: inputs.vpcId },
          Protocol: inputs.protocol as ProtocolEnum | undefined,
          ProtocolVersion: inputs.protocolVersion,
          TargetType: inputs.targetType as TargetTypeEnum,
          IpAddressType: inputs.ipAddressType as TargetGroupIpAddressTypeEnum | undefined,
          ...(inputs.healthCheck && toHealthCheck(inputs.healthCheck)),
          ...elbTagList(tags),
        });
        const id = answered(TargetGroups?.[0]?.TargetGroupArn, "TargetGroupArn");
        const defaults: Record<string, unknown> = { deregistrationDelay: 300, slowStart: 0 };
        await setAttributes(
          id,
          inputs,
          (name) => inputs[name] !== undefined && inputs[name] !== defaults[name],
        );
        return id;
      },

      async read(id) {
        const answer = await unlessAbsent(/NotFound/, () =>
          elbv2.DescribeTargetGroups({ TargetGroupArns: [id] }),
        );
        const found = answer?.TargetGroups?.[0];
        if (!found) return undefined;
        const { Attributes = [] } = await elbv2.DescribeTargetGroupAttributes({ TargetGroupArn: id });
        return {
          id,
          properties: {
            ...{ arn: id, arnSuffix: id.replace(/^.*:/, ""), name: found.TargetGroupName },
            ...{ port: found.Port, protocol: found.Protocol, protocolVersion: found.ProtocolVersion },
            ...{ targetType: found.TargetType, ipAddressType: found.IpAddressType, vpcId: found.VpcId },
            healthCheck: fromHealthCheck(found),
            loadBalancerArns: found.LoadBalancerArns ?? [],
            ...fromAttributes(attributes, Attributes),
            stickiness: fromAttributes(stickiness, Attributes),
            tags: await elbTags(cloud, id),
          },
        };
      },

      async update({ id, inputs, changed }) {
        if (changed.has("healthCheck") && inputs.healthCheck)
          await elbv2.ModifyTargetGroup({ TargetGroupArn: id, ...toHealthCheck(inputs.healthCheck) });
        await setAttributes(id, inputs, (name) => changed.has(name));
      },

      retag: elbRetag(cloud),

      async delete(id) {
        // A rule that forwards to it may be deleted at the same time.
        await whileRefused(cloud.ground.clock, ["ResourceInUse", "ResourceInUseException"], () =>
          unlessAbsent(/NotFound/, () => elbv2.DeleteTargetGroup({ TargetGroupArn: id })),
        );
      },
    };

    async function setAttributes(
      TargetGroupArn: string,
      inputs: Values<typeof properties>,
      of: (name: keyof typeof attributes | "stickiness") => boolean,
    ): Promise<void> {
      const isChosen = of as (name: string) => boolean;
      const Attributes = [
        ...toAttributes(attributes, inputs, isChosen),
        ...(of("stickiness") && inputs.stickiness
          ? toAttributes(stickiness, inputs.stickiness, () => true)
          : []),
      ];
      if (Attributes.length > 0) await elbv2.ModifyTargetGroupAttributes({ TargetGroupArn, Attributes });
    }
  },
});
