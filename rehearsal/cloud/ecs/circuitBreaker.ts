import type { DeploymentCircuitBreaker } from "@aws-sdk/client-ecs";

const bounds = { least: 3, most: 200 };

/**
 * How many tasks may fail before a deployment has: by default half of the desired count, but 3 to 200.
 * Infinity where the circuit breaker is off.
 */
export function failureThreshold(
  { enable, thresholdConfiguration: own }: DeploymentCircuitBreaker,
  desiredCount: number,
): number {
  if (!enable) return Infinity;
  const { type = "BOUNDED_PERCENT", value = 50 } = own ?? {};
  if (type === "COUNT") return value;
  const share = Math.ceil((desiredCount * value) / 100);
  return type === "UNBOUNDED_PERCENT"
    ? Math.max(1, share)
    : Math.min(bounds.most, Math.max(bounds.least, share));
}
