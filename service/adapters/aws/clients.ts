import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Patience } from "./patience.ts";
import { retryStrategy } from "./retries.ts";

/** Commands that change nothing. */
const reads = /^(Describe|List|Get|BatchGet|Filter)/;

/** The SDK's clients of one region. Credentials and endpoint come from the environment, as everywhere with the SDK. */
export interface Clients {
  readonly ecs: ECSClient;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly ecr: ECRClient;
  readonly logs: CloudWatchLogsClient;
  readonly scaling: ApplicationAutoScalingClient;
}

/** @param mayWrite is waited for before each try of a call that changes something */
export function createClients(region: string, mayWrite: () => Promise<void>): Clients {
  const settings = { region, retryStrategy, requestHandler: new Patience() };
  const clients = {
    ecs: new ECSClient(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    ecr: new ECRClient(settings),
    logs: new CloudWatchLogsClient(settings),
    scaling: new ApplicationAutoScalingClient(settings),
  };
  for (const { middlewareStack } of Object.values(clients)) {
    // Each client's stack has its own type, by its own commands; this looks at none of them.
    (middlewareStack as ECSClient["middlewareStack"]).add(
      (next, { commandName = "" }) =>
        async (call) => {
          if (!reads.test(commandName)) await mayWrite();
          return next(call);
        },
      // Inside the SDK's retries: a call may be tried for a minute, and much can happen in it.
      { name: "mayWrite", step: "finalizeRequest", priority: "low" },
    );
  }
  return clients;
}
