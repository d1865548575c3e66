import { expect } from "chai";
import { fakeHouse } from "../fakes/fakeHouse.ts";

describe("a change behind the service's back", () => {
  it("is noticed before the next step and named, when it is a weight", async () => {
    const { world, deployed } = fakeHouse();
    world.onWrite = (write) => {
      if (write === "point test at green") world.weights = { blue: 50, green: 50 };
    };
    const run = await deployed("1.1");
    expect(run.error?.code).to.equal("drift");
    expect(run.error?.detail).to.contain("weighs blue 50, green 50; this run left it at blue 100, green 0");
    expect(run.steps.find(({ name }) => name === "migrate")?.status).to.equal("failed");
    // Customers are on green by somebody's hand: its tasks are not taken from under them.
    expect(world.colours.green.desired).to.equal(3);
    expect(world.weights).to.deep.equal({ blue: 50, green: 50 });
    expect(run.status).to.equal("stuck");
  });

  it("is noticed and named, when it is the live colour's count", async () => {
    const { world, deployed } = fakeHouse();
    world.onWrite = (write) => {
      if (write === "point test at green") world.colours.blue.desired = 1;
    };
    const run = await deployed("1.1");
    expect(run.error?.detail).to.contain(
      "service of blue has 1 tasks desired, and its allowed count is 2 to 10",
    );
    expect(run.status).to.equal("rolled-back");
  });

  it("is noticed and named, when it is the live colour's task definition", async () => {
    const { world, deployed } = fakeHouse();
    world.onWrite = (write) => {
      if (write.startsWith("place")) world.colours.blue.taskDefinition = "arn:x:task-definition/shop-blue:99";
    };
    const run = await deployed("1.1");
    expect(run.error?.detail).to.contain("runs shop-blue:99; this run knows shop-blue:1 there");
  });

  it("is no drift when autoscaling moves the live count within its limits", async () => {
    const { world, deployed } = fakeHouse();
    world.onWrite = (write) => {
      if (write === "point test at green") world.colours.blue.desired = 9;
    };
    expect((await deployed("1.1")).status).to.equal("succeeded");
  });
});
