import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { retryStrategy } from "./retries.ts";

/** The SDK's clients of one region. Credentials and endpoint come from the environment, as everywhere with the SDK. */
export interface Clients {
  readonly ecs: ECSClient;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly ecr: ECRClient;
  readonly logs: CloudWatchLogsClient;
  readonly scaling: ApplicationAutoScalingClient;
}

/**
 * Milliseconds. The SDK waits for an answer as long as the connection stands, and one that was lost on the way never
 * comes: after these it tries again. AWS answers the calls of this service within 1 s; a longer wait costs a customer's
 * undo more than a question asked twice.
 */
const timeouts = {
  connectionTimeout: 2000,
  /** Until the answer begins; without the next setting it is only logged. */
  requestTimeout: 5000,
  throwOnRequestTimeout: true,
  /** Of silence, also in the middle of an answer. */
  socketTimeout: 5000,
} as const;

export function createClients(region: string): Clients {
  const settings = { region, retryStrategy, requestHandler: timeouts };
  return {
    ecs: new ECSClient(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    ecr: new ECRClient(settings),
    logs: new CloudWatchLogsClient(settings),
    scaling: new ApplicationAutoScalingClient(settings),
  };
}
