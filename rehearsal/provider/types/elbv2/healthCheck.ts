import type { ProtocolEnum, TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { block } from "../../schema/block.ts";
import type { Values } from "../../schema/kinds.ts";
import { count, flag, text } from "../../schema/leaves.ts";

/** The defaults are the real provider's, and not AWS's own (5 and 2 checks). */
const properties = {
  enabled: { kind: flag, default: true },
  path: { kind: text, computed: true },
  port: { kind: text, default: "traffic-port" },
  protocol: { kind: text, default: "HTTP" },
  matcher: { kind: text, computed: true },
  interval: { kind: count, default: 30 },
  timeout: { kind: count, computed: true },
  healthyThreshold: { kind: count, default: 3 },
  unhealthyThreshold: { kind: count, default: 3 },
} as const;

export const healthCheck = block(properties);

export function toHealthCheck(check: Values<typeof properties>) {
  return {
    ...{ HealthCheckEnabled: check.enabled, HealthCheckPath: check.path, HealthCheckPort: check.port },
    HealthCheckProtocol: check.protocol as ProtocolEnum,
    ...{ HealthCheckIntervalSeconds: check.interval, HealthCheckTimeoutSeconds: check.timeout },
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    ...(check.matcher && { Matcher: { HttpCode: check.matcher } }),
  };
}

export function fromHealthCheck(group: TargetGroup) {
  return {
    ...{ enabled: group.HealthCheckEnabled, path: group.HealthCheckPath ?? "" },
    ...{ port: group.HealthCheckPort, protocol: group.HealthCheckProtocol },
    matcher: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode ?? "",
    ...{ interval: group.HealthCheckIntervalSeconds, timeout: group.HealthCheckTimeoutSeconds },
    healthyThreshold: group.HealthyThresholdCount,
    unhealthyThreshold: group.UnhealthyThresholdCount,
  };
}
