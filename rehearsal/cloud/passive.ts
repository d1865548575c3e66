import type { Ground } from "./cloud.ts";
import { createCloudWatch } from "./cloudwatch/cloudwatch.ts";
import { createEc2 } from "./ec2/ec2.ts";
import { createEcr } from "./ecr/ecr.ts";
import { createIam } from "./iam/iam.ts";
import { createLogs } from "./logs/logs.ts";
import { createSecretsManager } from "./secretsmanager/secretsmanager.ts";
import { createSts } from "./sts/sts.ts";

export type Passive = ReturnType<typeof createPassive>;

/** The services that keep and answer, and start nothing of their own. */
export function createPassive(ground: Ground) {
  return {
    ec2: createEc2(ground),
    ecr: createEcr(ground),
    iam: createIam(ground),
    sts: createSts(ground),
    logs: createLogs(ground),
    secretsmanager: createSecretsManager(ground),
    cloudwatch: createCloudWatch(ground),
  };
}
