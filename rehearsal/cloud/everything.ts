import { type Autoscaling, createAutoscaling } from "./autoscaling/autoscaling.ts";
import { clockAt } from "./clock.ts";
import type { Ground } from "./cloud.ts";
import { type CodeDeploy, createCodeDeploy } from "./codedeploy/codedeploy.ts";
import { createEcs, type Ecs } from "./ecs/ecs.ts";
import { createElbv2, type Elbv2 } from "./elbv2/elbv2.ts";
import { createPassive, type Passive } from "./passive.ts";

export interface CloudOptions {
  /** A folder of its own, empty. */
  readonly folder: string;
  /** Divides AWS's own delays: 1 is real intervals. */
  readonly speed: number;
  /** First three octets of the rehearsal's loopback network. */
  readonly network: string;
  readonly account?: string;
  readonly region?: string;
}

/** AWS, as far as a deployment touches it. */
export interface Cloud extends Passive {
  readonly ground: Ground;
  readonly ecs: Ecs;
  readonly elbv2: Elbv2;
  readonly autoscaling: Autoscaling;
  readonly codedeploy: CodeDeploy;
  /** Stops every task and listener; nothing of it runs afterwards. */
  close(): Promise<void>;
}

/** Makes all services, each with the others that it calls. */
export function createCloud({
  folder,
  speed,
  network,
  account = "123456789012",
  region = "eu-central-1",
}: CloudOptions): Cloud {
  const ground: Ground = { identity: { account, region }, clock: clockAt(speed), network, folder };
  const passive = createPassive(ground);
  const elbv2 = createElbv2(ground, passive);
  const ecs = createEcs(ground, { ...passive, elbv2 });
  const autoscaling = createAutoscaling(ground, { ecs });
  const codedeploy = createCodeDeploy(ground, {
    ...{ ecs, elbv2, taskSets: ecs.forCodeDeploy, cloudwatch: passive.cloudwatch },
    invoke: (lambda) => Promise.reject(new Error(`There is no Lambda function ${lambda}.`)),
  });
  return {
    ...{ ground, ...passive, elbv2, ecs, autoscaling, codedeploy },
    async close() {
      codedeploy.close();
      autoscaling.close();
      passive.ec2.close();
      // Tasks first: they drain through the load balancer.
      await ecs.close();
      await elbv2.close();
    },
  };
}
