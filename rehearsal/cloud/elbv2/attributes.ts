import { refuse } from "./refusals.ts";

/** AWS's defaults for an application load balancer. */
export const balancerAttributes: Readonly<Record<string, string>> = {
  "access_logs.s3.enabled": "false",
  "access_logs.s3.bucket": "",
  "access_logs.s3.prefix": "",
  "client_keep_alive.seconds": "3600",
  "connection_logs.s3.enabled": "false",
  "connection_logs.s3.bucket": "",
  "connection_logs.s3.prefix": "",
  "deletion_protection.enabled": "false",
  "idle_timeout.timeout_seconds": "60",
  "ipv6.deny_all_igw_traffic": "false",
  "load_balancing.cross_zone.enabled": "true",
  "routing.http.desync_mitigation_mode": "defensive",
  "routing.http.drop_invalid_header_fields.enabled": "false",
  "routing.http.preserve_host_header.enabled": "false",
  "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
  "routing.http.xff_client_port.enabled": "false",
  "routing.http.xff_header_processing.mode": "append",
  "routing.http2.enabled": "true",
  "waf.fail_open.enabled": "false",
  "zonal_shift.config.enabled": "false",
};

/** AWS's defaults for a target group of instances or addresses. */
export const groupAttributes: Readonly<Record<string, string>> = {
  "deregistration_delay.timeout_seconds": "300",
  "load_balancing.algorithm.anomaly_mitigation": "off",
  "load_balancing.algorithm.type": "round_robin",
  "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
  "slow_start.duration_seconds": "0",
  "stickiness.app_cookie.cookie_name": "",
  "stickiness.app_cookie.duration_seconds": "86400",
  "stickiness.enabled": "false",
  "stickiness.lb_cookie.duration_seconds": "86400",
  "stickiness.type": "lb_cookie",
  "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
  "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
};

/** Whole numbers with AWS's bounds, seconds. */
const bounds: Readonly<Record<string, readonly [number, number]>> = {
  "deregistration_delay.timeout_seconds": [0, 3600],
  "slow_start.duration_seconds": [0, 900],
  "idle_timeout.timeout_seconds": [1, 4000],
  "client_keep_alive.seconds": [60, 604800],
};

/** What the local balancer does not do; asking for it is refused, since traffic would not show it. */
const notServed: Readonly<Record<string, string>> = {
  "stickiness.enabled": "true",
};

export interface Listed {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Writes attributes over the former ones, all or none. */
export function writeAttributes(
  former: Map<string, string>,
  known: Readonly<Record<string, string>>,
  listed: readonly Listed[] | undefined,
): void {
  const next = (listed ?? []).map(({ Key = "", Value = "" }) => {
    if (!(Key in known)) throw refuse.invalid(`Attribute key '${Key}' is not recognized`);
    const [least, most] = bounds[Key] ?? [];
    if (least !== undefined && most !== undefined && !isWithin(Value, least, most))
      throw refuse.invalid(`'${Key}' must be a whole number between ${least} and ${most}, not '${Value}'`);
    if (notServed[Key] === Value)
      throw refuse.invalid(`'${Key}' = '${Value}' is not served by this load balancer`);
    return [Key, Value] as const;
  });
  for (const [key, value] of next) former.set(key, value);
}

export function listAttributes(attributes: ReadonlyMap<string, string>): { Key: string; Value: string }[] {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}

function isWithin(text: string, least: number, most: number): boolean {
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most && text !== "";
}
