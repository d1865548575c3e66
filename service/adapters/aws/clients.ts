import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Patience } from "./patience.ts";
import { retryStrategy } from "./retries.ts";

/** The SDK's clients of one region. Credentials and endpoint come from the environment, as everywhere with the SDK. */
export interface Clients {
  readonly ecs: ECSClient;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly ecr: ECRClient;
  readonly logs: CloudWatchLogsClient;
  readonly scaling: ApplicationAutoScalingClient;
}

export function createClients(region: string): Clients {
  const settings = { region, retryStrategy, requestHandler: new Patience() };
  return {
    ecs: new ECSClient(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    ecr: new ECRClient(settings),
    logs: new CloudWatchLogsClient(settings),
    scaling: new ApplicationAutoScalingClient(settings),
  };
}
