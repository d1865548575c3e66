import { expect } from "chai";
import { deploy } from "../../../service/deployments/deploy.ts";
import { fakeHouse, type FakeHouse } from "../fakes/fakeHouse.ts";
import type { World } from "../fakes/fakeWorld.ts";
import { refusal } from "../fakes/refusal.ts";

const { signal } = new AbortController();

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

  it("is noticed at the end of the bake, after which no step comes, and the weights stay as somebody set them", async () => {
    const { world, deployed } = fakeHouse();
    inBake(world, () => (world.weights = { blue: 50, green: 50 }));
    const run = await deployed("1.1");
    expect(run.error?.code).to.equal("drift");
    expect(run.error?.detail).to.contain("weighs blue 50, green 50; this run left it at blue 0, green 100");
    expect(run.steps.find(({ name }) => name === "bake")?.status).to.equal("failed");
    expect(run.undoErrors?.map(({ code }) => code)).to.deep.equal(["drift", "drift"]);
    expect(run.status).to.equal("stuck");
    expect(world.weights).to.deep.equal({ blue: 50, green: 50 });
    expect(world.colours.blue.desired).to.equal(3);
    expect(world.colours.green.desired).to.equal(3);
  });

  it("is no reason to call anybody when somebody gave all traffic back in the bake: the rest is taken back, too", async () => {
    const { world, deployed } = fakeHouse();
    inBake(world, () => (world.weights = { blue: 100, green: 0 }));
    const run = await deployed("1.1");
    expect(run.error?.code).to.equal("drift");
    expect(run.status).to.equal("rolled-back");
    expect(world.writes.filter((write) => write.startsWith("shift"))).to.deep.equal([
      "shift blue 0 green 100",
    ]);
    expect(world.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(world.colours.green.desired).to.equal(0);
  });
});

describe("weights that somebody moved after the last run", () => {
  /** All traffic is on the other colour than the last run left it on, and that has tasks. */
  function swapByHand({ world }: FakeHouse): void {
    world.weights = { blue: world.weights.green, green: world.weights.blue };
  }

  it("keep a deployment out, which names the commands that put them back", async () => {
    const house = fakeHouse();
    const { id } = await house.deployed("1.1");
    swapByHand(house);
    const before = house.world.writes.length;
    const error = await refusal(house.deployed("1.2"));
    expect(error.code).to.equal("drift");
    expect(error.message).to.contain(
      `weighs blue 100, green 0; the deployment ${id} left it at blue 0, green 100`,
    );
    expect(error.next)
      .to.contain("--service shop-green --desired-count 3")
      .and.to.contain("aws elbv2 modify-rule --region eu-central-1 --rule-arn arn:production")
      .and.to.contain('{"TargetGroupArn":"arn:green","Weight":100},{"TargetGroupArn":"arn:blue","Weight":0}');
    expect(house.world.writes.length).to.equal(before);
    house.world.weights = { blue: 0, green: 100 };
    expect((await house.deployed("1.2")).status).to.equal("succeeded");
  });

  it("can be kept where they are the former release's: an undo puts them on record, and the next deployment starts there", async () => {
    const house = fakeHouse();
    await house.deployed("1.1");
    swapByHand(house);
    expect((await refusal(house.deployed("1.2"))).next).to.contain(
      "To stay with shop:1.0: POST /stacks/prod/undo, then try again.",
    );
    const undo = await house.undone();
    expect(undo).to.deep.include({ status: "succeeded", image: "shop:1.0", colour: "blue" });
    expect(house.world.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(house.world.colours.blue.desired).to.equal(3);
    expect(house.world.colours.green.desired).to.equal(0);
    const next = await house.deployed("1.2");
    expect(next).to.deep.include({ status: "succeeded", colour: "green" });
    expect(next.from).to.deep.equal({ colour: "blue", image: "shop:1.0" });
  });

  it("keep a deployment out after an undo, too", async () => {
    const house = fakeHouse();
    await house.deployed("1.1");
    const { id } = await house.undone();
    swapByHand(house);
    const error = await refusal(house.deployed("1.2"));
    expect(error.message).to.contain(`the undo ${id} left it at blue 100, green 0`);
    expect(error.next).to.contain("modify-rule").and.not.to.contain("/undo");
  });

  it("end a deployment whose turn comes later, before it touches anything", async () => {
    const house = fakeHouse();
    const { world, runs } = house;
    const { id } = await house.deployed("1.1");
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    world.onWrite = (write) => (write === "scale blue 0" ? gate : undefined);
    runs.due(`${id}-rest`);
    const next = await deploy(house, { stack: "prod", image: "shop:1.2" }, { signal });
    swapByHand(house);
    goOn();
    await runs.end(`${id}-rest`);
    const ended = await runs.end(next.id);
    expect(ended.error?.code).to.equal("drift");
    expect(ended.status).to.equal("rolled-back");
    expect(world.writes.filter((write) => write.startsWith("place"))).to.have.length(1);
  });

  it("are nothing to compare with where no run moved any", async () => {
    const house = fakeHouse();
    house.world.weights = { blue: 100, green: 0 };
    expect((await house.deployed("1.1")).status).to.equal("succeeded");
  });

  it("are those before a deployment that was taken back", async () => {
    const house = fakeHouse();
    await house.deployed("1.1");
    house.world.behaviour.set("1.2", { answer: () => ({ status: 500 }) });
    expect((await house.deployed("1.2")).status).to.equal("rolled-back");
    house.world.images.add("1.3");
    expect((await house.deployed("1.3")).status).to.equal("succeeded");
  });

  it("are right whatever they are, where the last run ended as stuck and called a person", async () => {
    const house = fakeHouse();
    const { world } = house;
    await house.deployed("1.1");
    // The undo moves the traffic, and then can't let the undone colour rest.
    world.onWrite = (write) => {
      if (write === "scale green 0") throw new Error("ECS is away");
    };
    expect((await house.undone()).status).to.equal("stuck");
    world.onWrite = () => {};
    expect(world.weights).to.deep.equal({ blue: 100, green: 0 });
    expect((await house.deployed("1.2")).status).to.equal("succeeded");
  });

  it("are nothing to compare with on a stack that was made anew under an old name", async () => {
    const house = fakeHouse();
    const { world } = house;
    await house.deployed("1.1");
    world.outputs = { ...world.outputs, record: { blue: null, green: null, recent: [] } };
    world.weights = { blue: 100, green: 0 };
    Object.assign(world.colours.green, { desired: 0, tasks: [], release: null });
    expect((await house.deployed("1.2")).status).to.equal("succeeded");
  });
});

/** Lets somebody act when the bake of 1.1 has begun. */
function inBake(world: World, act: () => void): void {
  const answer = (listener: "test" | "production") => {
    if (listener === "production" && world.weights.green === 100) act();
    return {};
  };
  world.behaviour.set("1.1", { answer });
}
