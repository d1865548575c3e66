import { EventEmitter, once } from "node:events";
import { expect } from "chai";
import { type Autoscaling, createAutoscaling } from "../../../rehearsal/cloud/autoscaling/autoscaling.ts";
import { refusal } from "../refusal.ts";
import { testGround } from "../testGround.ts";

const target = {
  ...({ ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const),
  ResourceId: "service/shop/blue",
};
const suspended = {
  ...{ DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true, ScheduledScalingSuspended: true },
};

describe("Application Auto Scaling", () => {
  let autoscaling: Autoscaling;
  let count: number;
  const seen = new EventEmitter();

  beforeEach(async () => {
    const ground = await testGround();
    await ground.remove();
    count = 0;
    autoscaling = createAutoscaling(ground, {
      ecs: {
        DescribeServices: ({ services: [name] = [] }) => {
          queueMicrotask(() => seen.emit("look"));
          if (name !== "blue") return Promise.resolve({ services: [] });
          return Promise.resolve({ services: [{ status: "ACTIVE", desiredCount: count }] });
        },
        UpdateService: ({ desiredCount = 0 }) => {
          count = desiredCount;
          queueMicrotask(() => seen.emit("update"));
          return Promise.resolve({});
        },
      },
    });
  });
  afterEach(() => autoscaling.close());

  it("brings a count that is under the minimum up to it, and one over the maximum down", async () => {
    const up = once(seen, "update");
    await autoscaling.RegisterScalableTarget({ ...target, MinCapacity: 2, MaxCapacity: 4 });
    await up;
    expect(count).to.equal(2);
    const down = once(seen, "update");
    count = 9;
    await down;
    expect(count).to.equal(4);
  });

  it("leaves a suspended target's count alone until it is resumed", async () => {
    await autoscaling.RegisterScalableTarget({
      ...{ ...target, MinCapacity: 2, MaxCapacity: 4, SuspendedState: suspended },
    });
    await once(seen, "look");
    await once(seen, "look");
    expect(count).to.equal(0);
    const up = once(seen, "update");
    await autoscaling.RegisterScalableTarget({
      ...{ ...target, SuspendedState: { DynamicScalingOutSuspended: false } },
    });
    await up;
    const { ScalableTargets: [now] = [] } = await autoscaling.DescribeScalableTargets({
      ServiceNamespace: "ecs",
    });
    expect(now).to.deep.include({ MinCapacity: 2, MaxCapacity: 4 });
    expect(now?.SuspendedState).to.deep.equal({ ...suspended, DynamicScalingOutSuspended: false });
  });

  it("refuses what it cannot scale, and targets that are not there", async () => {
    expect((await refusal(autoscaling.RegisterScalableTarget(target))).code).to.equal("ValidationException");
    const refused = await refusal(
      autoscaling.RegisterScalableTarget({ ...target, ResourceId: "blue", MinCapacity: 1, MaxCapacity: 1 }),
    );
    expect(refused.message).to.contain("blue");
    const ResourceId = "service/shop/red";
    const none = await refusal(
      autoscaling.RegisterScalableTarget({ ...target, ResourceId, MinCapacity: 1, MaxCapacity: 1 }),
    );
    expect(none.message).to.equal("ECS service doesn't exist: service/shop/red");
    expect((await refusal(autoscaling.DeregisterScalableTarget(target))).code).to.equal(
      "ObjectNotFoundException",
    );
  });
});
