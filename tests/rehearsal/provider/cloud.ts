import { createAutoscaling } from "../../../rehearsal/cloud/autoscaling/autoscaling.ts";
import { createPassive } from "../../../rehearsal/cloud/passive.ts";
import { testGround } from "../testGround.ts";
import { fakeEcs } from "./fakes/ecs.ts";
import { fakeElbv2 } from "./fakes/elbv2.ts";

export type TestCloud = Awaited<ReturnType<typeof testCloud>>;

/** AWS without tasks and traffic. */
export async function testCloud() {
  const ground = await testGround();
  const ecs = fakeEcs();
  const passive = createPassive(ground);
  const autoscaling = createAutoscaling(ground, { ecs });
  return {
    ...{ ground, ...passive, ecs, elbv2: fakeElbv2(), autoscaling },
    async close() {
      autoscaling.close();
      passive.ec2.close();
      await ground.remove();
    },
  };
}
