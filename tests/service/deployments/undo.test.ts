import { expect } from "chai";
import { control } from "../../../service/deployments/control.ts";
import { restIdle, warmIdle } from "../../../service/deployments/idle.ts";
import { deploy } from "../../../service/deployments/deploy.ts";
import { undo } from "../../../service/deployments/undo.ts";
import { fakeHouse } from "../fakes/fakeHouse.ts";
import { refusal } from "../fakes/refusal.ts";

const signal = new AbortController().signal;

describe("an undo", () => {
  it("moves the weights first when the former colour is warm, and asks Pulumi for nothing", async () => {
    const { world, deployed, undone } = fakeHouse();
    const run = await deployed("1.1");
    const before = world.writes.length;
    const back = await undone();
    expect(back.status).to.equal("succeeded");
    expect(back).to.include({ image: "shop:1.0", follows: run.id });
    const writes = world.writes.slice(before);
    expect(writes[0]).to.equal("shift blue 100 green 0");
    expect(writes.join()).not.to.contain("place");
    expect(world.colours.green.desired).to.equal(0);
    expect(world.colours.blue.suspended).to.deep.equal({ in: false, out: false, scheduled: false });
  });

  it("reads no state of Pulumi's when this process knows the stack, and does when what it knows is old", async () => {
    for (const [isOld, reads] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const { world, deployed, undone } = fakeHouse();
      const old = world.outputs;
      await deployed("1.1");
      await undone();
      await deployed("1.2");
      world.recent = isOld ? { ...old, record: { ...old.record, blue: null } } : world.outputs;
      world.reads = 0;
      const back = await undone();
      expect(back).to.include({ status: "succeeded", image: "shop:1.0", colour: "blue" });
      expect(world.reads).to.equal(reads);
    }
  });

  it("reads the state where what this process knows leads nowhere any more", async () => {
    const { world, deployed, undone } = fakeHouse();
    await deployed("1.1");
    const cloud = world.cloud.bind(world);
    const old = { ...world.outputs, productionRule: "arn:gone" };
    Object.assign(world, {
      recent: old,
      cloud: (outputs: typeof old) => {
        if (outputs.productionRule !== "arn:gone") return cloud(outputs);
        throw new Error("one of the stack's two listener rules is gone");
      },
    });
    expect(await undone()).to.include({ status: "succeeded", image: "shop:1.0" });
  });

  it("brings the tasks back first when the former colour rests", async () => {
    const { world, runs, deployed, undone } = fakeHouse();
    const { id } = await deployed("1.1");
    runs.due(`${id}-rest`);
    await runs.end(`${id}-rest`);
    const before = world.writes.length;
    const back = await undone({ now: true });
    expect(back.status).to.equal("succeeded");
    expect(back.notes.join()).to.contain("blue lacks 3 tasks");
    const writes = world.writes.slice(before).filter((write) => !write.startsWith("suspend"));
    expect(writes).to.deep.equal(["scale blue 3", "shift blue 100 green 0", "scale green 0"]);
  });

  it("says how many tasks are missing and starts them first, unless told now", async () => {
    for (const [now, first] of [
      [false, "scale blue 3"],
      [true, "shift blue 100 green 0"],
    ] as const) {
      const { world, deployed, undone } = fakeHouse();
      await deployed("1.1");
      world.colours.blue.tasks.length = 1;
      const before = world.writes.length;
      const back = await undone({ now });
      expect(back.notes.join()).to.contain("blue lacks 2 tasks");
      const writes = world.writes.slice(before).filter((write) => !write.startsWith("suspend"));
      expect(writes[0]).to.equal(first);
      expect(world.weights).to.deep.equal({ blue: 100, green: 0 });
    }
  });

  it("is refused a second time, with the request that goes forward", async () => {
    const { deployed, undone } = fakeHouse();
    await deployed("1.1");
    await undone();
    const error = await refusal(undone());
    expect(error.code).to.equal("nothing-to-undo");
    expect(error.next).to.contain('POST /deployments {"stack":"prod","image":"shop:1.1"}');
  });

  it("is refused before anything was deployed", async () => {
    expect((await refusal(fakeHouse().undone())).message).to.contain("no deployment has succeeded yet");
  });

  it("can be followed by the same deployment again", async () => {
    const { deployed, undone } = fakeHouse();
    await deployed("1.1");
    await undone();
    expect((await deployed("1.1")).status).to.equal("succeeded");
    expect((await undone()).status).to.equal("succeeded");
  });

  it("after a migration that is not compatible it has to be said that this is accepted", async () => {
    const { world, deployed, undone } = fakeHouse();
    const migration = { command: ["node", "migrate.mjs"], compatible: false };
    world.outputs = { ...world.outputs, deployment: { ...world.outputs.deployment, migration } };
    const run = await deployed("1.1");
    expect(run.migrated).to.equal("incompatible");
    const error = await refusal(undone());
    expect(error.code).to.equal("migrated");
    expect(error.next).to.contain('{"acceptMigrated":true}');
    const back = await undone({ acceptMigrated: true });
    expect(back.status).to.equal("succeeded");
    expect(back.notes.join()).to.contain("The migration of shop:1.1 stays in the database");
  });

  it("that fails once the traffic is back leaves it there, and says what serves and what to type", async () => {
    const { world, deployed, undone } = fakeHouse();
    await deployed("1.1");
    world.onWrite = (write) => {
      if (write === "scale green 0") throw new Error("ECS is away");
    };
    const back = await undone();
    expect(back.status).to.equal("stuck");
    expect(back.error?.detail).to.equal("ECS is away");
    expect(world.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(back.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(back.notes.join("\n"))
      .to.contain("Customers get blue 100, green 0; blue (shop:1.0): 3 of 3 tasks run")
      .and.to.contain("aws elbv2 modify-rule --region eu-central-1 --rule-arn arn:production")
      .and.to.contain("aws ecs update-service");
  });

  it("in mid-deployment tells the run to take itself back", async () => {
    const house = fakeHouse();
    const { world, runs } = house;
    let told: Promise<unknown> | undefined;
    world.onWrite = async (write) => {
      if (write === "shift blue 0 green 100") told = undo(house, { stack: "prod" }, { signal });
      await told;
    };
    const run = await house.deployed("1.1");
    expect(run.status).to.equal("rolled-back");
    expect(run.error?.code).to.equal("stopped-by-request");
    expect(world.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(world.colours.green.desired).to.equal(0);
    expect(await runs.list({ kind: ["undo"] })).to.deep.equal([]);
  });

  it("ends as stuck when the former colour can't come back, and leaves the traffic where it is", async () => {
    const { world, runs, deployed, undone } = fakeHouse();
    const { id } = await deployed("1.1");
    runs.due(`${id}-rest`);
    await runs.end(`${id}-rest`);
    world.behaviour.set("1.0", { exits: { code: 1, log: ["secret not found"] } });
    const back = await undone();
    expect(back.status).to.equal("stuck");
    expect(back.error?.detail).to.contain("secret not found");
    expect(world.weights).to.deep.equal({ blue: 0, green: 100 });
    expect(world.colours.blue.desired).to.equal(0);
  });
});

describe("a word to a run at work", () => {
  it("cancel takes everything back, and the run ends as cancelled", async () => {
    const house = fakeHouse();
    const { world, runs } = house;
    let told: Promise<unknown> | undefined;
    world.onWrite = async (write) => {
      const [run] = await runs.list({ status: "running" });
      if (write === "scale green 3" && run) told = control(house, run.id, { kind: "cancel" });
      await told;
    };
    const run = await house.deployed("1.1");
    expect(run.status).to.equal("cancelled");
    expect(world.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(world.colours.green.desired).to.equal(0);
  });

  it("cancel does not cut a migration short, and is heard after it", async () => {
    const house = fakeHouse();
    const { world, runs } = house;
    let told: Promise<unknown> | undefined;
    world.onWrite = async (write) => {
      const [run] = await runs.list({ status: "running" });
      if (write.startsWith("run") && run) told = control(house, run.id, { kind: "cancel" });
      await told;
    };
    const run = await house.deployed("1.1");
    expect(run.steps.find(({ name }) => name === "migrate")?.status).to.equal("done");
    expect(run.steps.find(({ name }) => name === "smoke-again")?.status).to.equal("stopped");
    expect(run.status).to.equal("cancelled");
  });

  it("promote ends the bake early, and only the wait in which it is heard", async () => {
    const house = fakeHouse();
    const { world, runs } = house;
    let told: Promise<unknown> | undefined;
    world.onWrite = async (write) => {
      const [run] = await runs.list({ status: "running" });
      if (write === "shift blue 0 green 100" && run) told = control(house, run.id, { kind: "promote" });
      await told;
    };
    const run = await house.deployed("1.1", { shift: "canary", bake: 600 });
    expect(run.status).to.equal("succeeded");
    expect(world.clock.elapsed()).to.be.greaterThan(4000);
  });

  it("is refused once the run has ended, with what to do instead", async () => {
    const house = fakeHouse();
    const { id } = await house.deployed("1.1");
    const error = await refusal(control(house, id, { kind: "cancel" }));
    expect(error.code).to.equal("already-ended");
    expect(error.next).to.contain("POST /stacks/prod/undo");
  });
});

describe("the idle colour", () => {
  it("rests when its window closes, though a deployment waits that ends before it begins", async () => {
    const house = fakeHouse();
    const { world, runs } = house;
    const { id } = await house.deployed("1.1");
    // Comes before the rest's first question.
    const list = runs.list.bind(runs);
    let waiting = "";
    runs.list = async (query) => {
      runs.list = list;
      const request = { stack: "prod", image: "shop:1.0", onBusy: "queue" } as const;
      waiting = (await deploy(house, request, { signal })).id;
      await control(house, waiting, { kind: "cancel" });
      return list(query);
    };
    runs.due(`${id}-rest`);
    expect((await runs.end(`${id}-rest`)).status).to.equal("succeeded");
    expect((await runs.end(waiting)).status).to.equal("cancelled");
    expect(world.colours.blue.desired).to.equal(0);
  });

  it("rests now when asked, and warms again", async () => {
    const house = fakeHouse();
    await house.deployed("1.1");
    const rest = await restIdle(house, "prod", signal);
    expect((await house.runs.end(rest.id)).status).to.equal("succeeded");
    expect(house.world.colours.blue.desired).to.equal(0);
    const warm = await warmIdle(house, "prod", signal);
    expect((await house.runs.end(warm.id)).status).to.equal("succeeded");
    expect(house.world.colours.blue.desired).to.equal(3);
    expect(house.world.weights).to.deep.equal({ blue: 0, green: 100 });
  });
});
