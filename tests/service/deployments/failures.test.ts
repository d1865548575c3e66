import { expect } from "chai";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import { fakeHouse, type FakeHouse } from "../fakes/fakeHouse.ts";

/** Nothing of the bad release is left, and customers never noticed. */
function untouched({ world }: FakeHouse): void {
  expect(world.weights).to.deep.equal({ blue: 100, green: 0 });
  expect(world.colours.blue.desired).to.equal(3);
  expect(world.colours.green.desired).to.equal(0);
  expect(world.colours.green.suspended).to.deep.equal({ in: true, out: true, scheduled: true });
  expect(world.colours.blue.suspended).to.deep.equal({ in: false, out: false, scheduled: false });
}

function stoppedBy(run: Deployment): string | undefined {
  return run.steps.find(({ evidence }) => evidence === run.error?.detail)?.name;
}

describe("a release that can't take the traffic", () => {
  it("stops at the wait for health with exit code and log, when its tasks crash", async () => {
    const house = fakeHouse();
    const log = ["starting", 'nginx: [emerg] unknown directive "lisen" in /etc/nginx/nginx.conf:3'];
    house.world.behaviour.set("1.2", { exits: { code: 1, log } });
    const run = await house.deployed("1.2");
    expect(run.status).to.equal("rolled-back");
    expect(run.error?.code).to.equal("unhealthy");
    expect(run.error?.detail).to.contain("0 of 3 healthy; task 1 exited 1: nginx: [emerg] unknown directive");
    expect(run.error?.evidence).to.include("Essential container in task exited").and.to.include("starting");
    expect(run.steps.find(({ name }) => name === "healthy")?.status).to.equal("failed");
    expect(run.steps.find(({ name }) => name === "smoke")?.status).to.equal("skipped");
    expect(run.steps.find(({ name }) => name === "stage")?.status).to.equal("undone");
    untouched(house);
  });

  it("stops at the wait for health with its last evidence, when the time is over", async () => {
    const house = fakeHouse();
    house.world.behaviour.set("1.2", { health: "initial" });
    const run = await house.deployed("1.2", { healthyWithin: 10 });
    expect(run.error?.detail).to.contain("within 10 s: 0 of 3 healthy").and.to.contain("initial");
    untouched(house);
  });

  it("stops at the smoke questions when a page answers 500", async () => {
    const house = fakeHouse();
    house.world.behaviour.set("1.2", { answer: () => ({ status: 500, body: "boom" }) });
    const run = await house.deployed("1.2");
    expect(run.error?.detail).to.contain("GET / on the test listener answered 500 instead of 200: boom");
    expect(house.world.writes.join()).not.to.contain("migrate");
    untouched(house);
  });

  it("stops at the smoke questions when an answer takes too long", async () => {
    const house = fakeHouse();
    house.world.behaviour.set("1.2", { answer: () => ({ ms: 2500 }) });
    const run = await house.deployed("1.2");
    expect(run.error?.detail).to.contain("took 2500 ms; 2000 ms are allowed");
    untouched(house);
  });

  it("stops at the smoke questions when another release answers", async () => {
    const house = fakeHouse();
    house.world.behaviour.set("1.2", { answer: () => ({ headers: { "x-release": "1.0" } }) });
    const run = await house.deployed("1.2");
    expect(run.error?.detail).to.contain("said x-release: 1.0 instead of 1.2");
    untouched(house);
  });

  it("stops at the migration with its log, and traffic has not moved", async () => {
    const house = fakeHouse();
    house.world.behaviour.set("1.2", {
      migration: { code: 3, log: ["adding column", "error: relation exists"] },
    });
    const run = await house.deployed("1.2");
    expect(stoppedBy(run)).to.equal("migrate");
    expect(run.error?.detail).to.contain("exited 3: error: relation exists");
    expect(run.error?.evidence?.at(-1)).to.contain("blue answered 1 of 1 questions right meanwhile");
    untouched(house);
  });

  it("asks the live colour too after the migration, and stops when that broke it", async () => {
    const house = fakeHouse();
    house.world.onWrite = (write) => {
      if (write.startsWith("run")) house.world.behaviour.set("1.0", { answer: () => ({ status: 500 }) });
    };
    const run = await house.deployed("1.1");
    expect(stoppedBy(run)).to.equal("smoke-again");
    expect(run.error?.detail).to.contain("GET / answered 500");
    untouched(house);
  });

  it("gives the traffic back and rests when a task crashes in the bake", async () => {
    const house = fakeHouse();
    const { world } = house;
    world.onWrite = (write) => {
      if (write !== "shift blue 0 green 100") return;
      world.behaviour.set("1.2", { exits: { code: 7, log: ["fatal: out of memory"] } });
      world.colours.green.tasks = world.colours.green.tasks.map((task) => ({
        ...task,
        status: "STOPPED",
        end: { code: "EssentialContainerExited", reason: "Essential container in task exited", exitCode: 7 },
      }));
    };
    const run = await house.deployed("1.2");
    expect(stoppedBy(run)).to.equal("bake");
    expect(run.error?.detail).to.contain("3 of green's tasks stopped; task 1 exited 7: fatal: out of memory");
    expect(run.weights).to.deep.equal({ blue: 100, green: 0 });
    const back = world.writes.lastIndexOf("shift blue 100 green 0");
    expect(back).to.be.greaterThan(-1).and.to.be.lessThan(world.writes.lastIndexOf("scale green 0"));
    untouched(house);
  });

  it("gives the traffic back when customers' pages fail twice in a row in the bake, not once", async () => {
    const house = fakeHouse();
    let left = 1;
    house.world.behaviour.set("1.1", {
      answer: (listener) => (listener === "production" && left-- > 0 ? { status: 502 } : {}),
    });
    expect((await house.deployed("1.1")).status).to.equal("succeeded");
    house.world.behaviour.set("1.2", {
      answer: (listener) => (listener === "production" ? { status: 502 } : {}),
    });
    const run = await house.deployed("1.2");
    expect(stoppedBy(run)).to.equal("bake");
    expect(house.world.weights).to.deep.equal({ blue: 0, green: 100 });
  });

  it("puts the former spec of the idle colour back", async () => {
    const house = fakeHouse();
    await house.deployed("1.1");
    house.world.behaviour.set("1.2", { answer: () => ({ status: 500 }) });
    const run = await house.deployed("1.2");
    expect(run.status).to.equal("rolled-back");
    expect(house.world.outputs.record.blue?.release.tag).to.equal("shop:1.0");
    expect(house.world.colours.blue.desired).to.equal(0);
    expect(house.world.weights).to.deep.equal({ blue: 0, green: 100 });
  });

  it("ends as stuck, with what was tried, when the taking back fails too", async () => {
    const house = fakeHouse();
    house.world.behaviour.set("1.2", { answer: () => ({ status: 500 }) });
    house.world.onWrite = (write) => {
      if (write === "scale green 0") throw new Error("ECS is away");
    };
    const run = await house.deployed("1.2");
    expect(run.status).to.equal("stuck");
    expect(run.error?.code).to.equal("smoke");
    expect(run.undoErrors?.[0]?.detail).to.equal("ECS is away");
  });
});
