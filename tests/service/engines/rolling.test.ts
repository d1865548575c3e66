import { expect } from "chai";
import type { DeploymentSettings } from "../../../infra/outputs.ts";
import type { Colour, Release } from "../../../infra/release.ts";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import { undo } from "../../../service/deployments/undo.ts";
import { Problem } from "../../../service/errors/problem.ts";
import { fakeHouse, type FakeHouse } from "../fakes/fakeHouse.ts";
import { release, settings, spec } from "../fakes/fakeStack.ts";
import { refusal } from "../fakes/refusal.ts";

const rolling = { engine: "rolling" } as const;
const signal = new AbortController().signal;

/** What is asked of AWS and Pulumi, without the marks on images. */
function writesOf({ world }: FakeHouse, from = 0): readonly string[] {
  return world.writes.slice(from).filter((write) => !write.startsWith("keep"));
}

/** Which task definition, and how many tasks of it and of others, a colour runs. */
function runs({ world }: FakeHouse, colour: Colour) {
  const side = world.colours[colour];
  const all = side.tasks.filter(({ end }) => !end);
  const own = all.filter(({ taskDefinition }) => taskDefinition === side.taskDefinition);
  return {
    definition: side.taskDefinition.split("/").at(-1),
    own: own.length,
    others: all.length - own.length,
  };
}

function names(run: Deployment): readonly string[] {
  return run.steps.map(({ name }) => name);
}

/** The settings of a stack whose releases need no migration. */
const plain: DeploymentSettings = { ...settings };
Reflect.deleteProperty(plain, "migration");

/** Calls `act` before each of the world's sleeps. */
function beforeEachSleep({ world }: FakeHouse, act: () => void): void {
  const { clock } = world;
  const sleep = clock.sleep.bind(clock);
  Object.assign(clock, {
    sleep: (ms: number, wake: AbortSignal) => {
      act();
      return sleep(ms, wake);
    },
  });
}

const first = spec("blue", release("1.0")).taskDefinition;

describe("the rolling engine", () => {
  it("updates the live colour's service in place, and moves no weight", async () => {
    const house = fakeHouse();
    const run = await house.deployed("1.1", rolling);
    expect(run.status).to.equal("succeeded");
    expect(run).to.include({ engine: "rolling", colour: "blue" });
    expect(run.from).to.deep.equal({ colour: "blue", image: "shop:1.0" });
    expect(run.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(run.trafficLiveAt).to.be.a("string");
    expect(writesOf(house)).to.deep.equal([
      "register shop:1.1 for blue",
      "run node migrate.mjs of shop:1.1",
      "place shop:1.1 on blue",
    ]);
    expect(runs(house, "blue")).to.deep.equal({ definition: "shop-blue:2", own: 3, others: 0 });
    expect(runs(house, "green").own).to.equal(0);
  });

  it("reads like the sentence a person would say", async () => {
    const run = await fakeHouse().deployed("1.1", rolling);
    expect(run.steps.map(({ title }) => title)).to.deep.equal([
      "check the image shop:1.1",
      "register shop:1.1",
      "migrate the database: node migrate.mjs",
      "ask blue the smoke questions on the new schema",
      "replace blue's tasks with shop:1.1",
      "wait until blue is healthy",
      "ask blue the smoke questions under traffic",
      "watch blue for 3 s",
    ]);
  });

  it("needs one update without a migration, and shows the point of no return before one that is not compatible", async () => {
    for (const [migration, expected] of [
      [undefined, ["check-image", "roll", "healthy", "smoke", "bake"]],
      [
        { command: ["migrate"], compatible: false },
        [
          "check-image",
          "register",
          "point-of-no-return",
          "migrate",
          "smoke-former",
          "roll",
          "healthy",
          "smoke",
          "bake",
        ],
      ],
    ] as const) {
      const house = fakeHouse();
      house.world.outputs = {
        ...house.world.outputs,
        deployment: { ...plain, ...(migration && { migration }) },
      };
      expect(names(await house.deployed("1.1", rolling))).to.deep.equal(expected);
    }
  });

  it("goes where blue-green would put it when nothing is live", async () => {
    const house = fakeHouse();
    house.world.outputs = { ...house.world.outputs, record: { blue: null, green: null, recent: [] } };
    const run = await house.deployed("1.1", rolling);
    expect(run).to.include({ status: "succeeded", colour: "green" });
    expect(house.world.weights).to.deep.equal({ blue: 0, green: 100 });
  });

  it("keeps the former tasks until the new ones are healthy", async () => {
    const house = fakeHouse();
    house.world.behaviour.set("1.1", { healthyAfter: 5000 });
    const seen: string[] = [];
    beforeEachSleep(house, () => {
      const { own, others } = runs(house, "blue");
      seen.push(`${own}+${others}`);
    });
    expect((await house.deployed("1.1", rolling)).status).to.equal("succeeded");
    expect(seen).to.include("3+3");
    expect(seen).not.to.include("3+2");
  });

  describe("takes a release back, and the former task definition serves again, when", () => {
    const bad: Record<string, { behaviour: Parameters<Map<string, object>["set"]>[1]; why: RegExp }> = {
      "its tasks crash": {
        behaviour: { exits: { code: 1, log: ["nginx: [emerg] unknown directive"] } },
        why: /exited 1: nginx: \[emerg\]/,
      },
      "it never gets healthy": { behaviour: { health: "unhealthy" }, why: /not healthy within 30 s/ },
      "it answers wrong": {
        behaviour: { answer: (_: string, path: string) => (path === "/" ? { status: 500 } : {}) },
        why: /answered 500/,
      },
    };
    for (const [name, { behaviour, why }] of Object.entries(bad))
      it(name, async () => {
        const house = fakeHouse();
        house.world.behaviour.set("1.2", behaviour);
        const before = house.world.outputs.record;
        const run = await house.deployed("1.2", rolling);
        expect(run.status).to.equal("rolled-back");
        expect(run.error?.detail).to.match(why);
        expect(house.world.outputs.record).to.deep.equal(before);
        expect(runs(house, "blue")).to.deep.equal({ definition: "shop-blue:1", own: 3, others: 0 });
        expect(writesOf(house).slice(-2)).to.deep.equal([
          "replace blue by shop:1.0",
          "place shop:1.0 again on blue",
        ]);
        expect((await house.deployed("1.1", rolling)).status).to.equal("succeeded");
      });

    it("ECS itself went back", async () => {
      const house = fakeHouse();
      const { world } = house;
      world.behaviour.set("1.2", { health: "initial" });
      const before = world.outputs.record;
      beforeEachSleep(house, () => {
        if (world.colours.blue.taskDefinition === first) return;
        Object.assign(world.colours.blue, { taskDefinition: first, release: release("1.0") });
      });
      const run = await house.deployed("1.2", rolling);
      expect(run.status).to.equal("rolled-back");
      expect(run.error?.detail).to.match(/ECS starts shop-blue:1 now and no longer shop-blue:\d/);
      expect(world.outputs.record).to.deep.equal(before);
      expect(writesOf(house).at(-1)).to.equal("place shop:1.0 again on blue");
      expect(writesOf(house).join()).not.to.contain("replace");
    });
  });

  it("is undone by ECS first and Pulumi after, to the former task definition", async () => {
    const house = fakeHouse();
    const run = await house.deployed("1.1", rolling);
    const from = house.world.writes.length;
    const back = await house.undone();
    expect(back.status).to.equal("succeeded");
    expect(back).to.include({ image: "shop:1.0", follows: run.id, engine: "rolling", colour: "blue" });
    expect(back.from).to.deep.equal({ colour: "blue", image: "shop:1.1" });
    expect(writesOf(house, from)).to.deep.equal(["replace blue by shop:1.0", "place shop:1.0 again on blue"]);
    expect(runs(house, "blue")).to.deep.equal({ definition: "shop-blue:1", own: 3, others: 0 });
    const { blue } = house.world.outputs.record;
    expect(blue).to.deep.equal({ release: release("1.0"), taskDefinition: first });
    const again = await refusal(undo(house, { stack: "prod" }, { signal }));
    expect(again).to.include({ code: "nothing-to-undo" });
    expect(again.next).to.contain("shop:1.1");
  });

  it("goes back to what it replaced, and not to what an earlier blue-green deployment left on the other colour", async () => {
    const house = fakeHouse();
    expect((await house.deployed("1.1")).colour).to.equal("green");
    expect(house.world.colours.blue.desired).to.equal(3);
    const run = await house.deployed("1.2", rolling);
    expect(run).to.include({ status: "succeeded", colour: "green" });
    expect(names(run).slice(0, 2)).to.deep.equal(["check-image", "rest"]);
    expect(house.world.colours.blue.desired).to.equal(0);
    const back = await house.undone();
    expect(back).to.include({ status: "succeeded", image: "shop:1.1", colour: "green" });
    expect(house.world.weights).to.deep.equal({ blue: 0, green: 100 });
  });

  it("is undone in mid-deployment, to the former task definition", async () => {
    const house = fakeHouse();
    house.world.onWrite = async (write) => {
      if (!write.startsWith("place shop:1.1")) return;
      house.world.onWrite = () => {};
      await undo(house, { stack: "prod" }, { signal });
    };
    const run = await house.deployed("1.1", rolling);
    expect(run.status).to.equal("rolled-back");
    expect(runs(house, "blue")).to.deep.equal({ definition: "shop-blue:1", own: 3, others: 0 });
  });

  it("goes on where its task definition was placed and not written down, and still knows what it replaced", async () => {
    const house = fakeHouse();
    const place = house.world.stacks.place.bind(house.world.stacks);
    let placed = 0;
    Object.assign(house.world.stacks, {
      place: async (...to: Parameters<typeof place>) => {
        placed += 1;
        await place(...to);
        return place(...to);
      },
    });
    expect((await house.deployed("1.1", rolling)).status).to.equal("succeeded");
    expect(placed).to.equal(1);
    expect(house.world.outputs.record.blue?.replaced?.release.tag).to.equal("shop:1.0");
    expect((await house.undone()).status).to.equal("succeeded");
  });

  it("names the crash where ECS went back while nobody looked", async () => {
    const house = fakeHouse();
    const { world } = house;
    world.behaviour.set("1.2", { exits: { code: 1, log: ["nginx: [emerg] unknown directive"] } });
    const place = world.stacks.place.bind(world.stacks);
    Object.assign(world.stacks, {
      place: async (...to: Parameters<typeof place>) => {
        const answer = await place(...to);
        if ("release" in to[1])
          Object.assign(world.colours.blue, { taskDefinition: first, release: release("1.0") });
        return answer;
      },
    });
    const run = await house.deployed("1.2", rolling);
    expect(run.status).to.equal("rolled-back");
    expect(run.error?.code).to.equal("unhealthy");
    expect(run.error?.detail).to.contain("exited 1");
  });

  it("is taken back without a word to Pulumi where Pulumi refused it, and nothing was touched", async () => {
    const house = fakeHouse();
    const place = house.world.stacks.place.bind(house.world.stacks);
    house.world.outputs = { ...house.world.outputs, deployment: plain };
    let asked = 0;
    Object.assign(house.world.stacks, {
      place: () => {
        asked += 1;
        return Promise.reject(new Problem("stack-locked", { detail: "ann@laptop has it", next: "Wait." }));
      },
    });
    const run = await house.deployed("1.1", rolling);
    expect(run.status).to.equal("rolled-back");
    expect(run.error?.code).to.equal("stack-locked");
    expect(asked).to.equal(1);
    Object.assign(house.world.stacks, { place });
    expect((await house.deployed("1.1", rolling)).status).to.equal("succeeded");
  });

  it("waits with the undo's record for a lock that somebody else holds, and customers do not wait for it", async () => {
    const house = fakeHouse();
    await house.deployed("1.1", rolling);
    const place = house.world.stacks.place.bind(house.world.stacks);
    let refusals = 3;
    Object.assign(house.world.stacks, {
      place: (...to: Parameters<typeof place>) => {
        expect(runs(house, "blue").definition).to.equal("shop-blue:1");
        refusals -= 1;
        return refusals > 0
          ? Promise.reject(new Problem("stack-locked", { detail: "ann@laptop has it", next: "Wait." }))
          : place(...to);
      },
    });
    expect((await house.undone()).status).to.equal("succeeded");
    expect(refusals).to.equal(0);
    expect(house.world.outputs.record.blue?.release.tag).to.equal("shop:1.0");
  });

  it("is not followed by another deployment while what serves is not what is recorded; the undo again mends that", async () => {
    const house = fakeHouse();
    await house.deployed("1.1", rolling);
    const place = house.world.stacks.place.bind(house.world.stacks);
    Object.assign(house.world.stacks, { place: () => Promise.reject(new Error("no disk")) });
    expect((await house.undone()).status).to.equal("stuck");
    Object.assign(house.world.stacks, { place });
    for (const engine of ["rolling", "blue-green"] as const) {
      const refused = await refusal(house.deployed("1.2", { engine }));
      expect(refused).to.include({ code: "drift" });
      expect(refused.next).to.contain("/undo again");
    }
    expect((await house.undone()).status).to.equal("succeeded");
    expect((await house.deployed("1.2", rolling)).status).to.equal("succeeded");
  });

  it("undoes what another instance replaced since this one looked", async () => {
    const house = fakeHouse();
    await house.deployed("1.1", rolling);
    house.world.recent = house.world.outputs;
    // The same tag again, with other settings: the tag tells them apart no more.
    house.world.outputs = {
      ...house.world.outputs,
      next: { ...house.world.outputs.next, environment: { A: "1" } },
    };
    await house.deployed("1.1", rolling);
    const { blue } = house.world.outputs.record;
    expect(blue?.replaced?.release.tag).to.equal("shop:1.1");
    expect((await house.undone()).status).to.equal("succeeded");
    expect(house.world.outputs.record.blue?.taskDefinition).to.equal(blue?.replaced?.taskDefinition);
  });

  it("leaves alone what somebody put on the service in its bake", async () => {
    const house = fakeHouse();
    const { world } = house;
    const foreign = first.replace(/:1$/, ":77");
    beforeEachSleep(house, () => {
      if (world.outputs.record.blue?.release.tag === "shop:1.1") world.colours.blue.taskDefinition = foreign;
    });
    const run = await house.deployed("1.1", rolling);
    expect(run.status).to.equal("stuck");
    expect(world.colours.blue.taskDefinition).to.equal(foreign);
    expect(writesOf(house).join()).not.to.contain("replace");
  });

  it("refuses what can't differ between the tasks that go and those that come", async () => {
    for (const changed of [
      { port: 9090 },
      { healthPath: "/health" },
      { capacity: "FARGATE_SPOT" },
    ] satisfies Partial<Release>[]) {
      const house = fakeHouse();
      const { next } = house.world.outputs;
      house.world.outputs = { ...house.world.outputs, next: { ...next, ...changed } };
      const refused = await refusal(house.deployed("1.1", rolling));
      expect(refused).to.include({ code: "not-in-place" });
      expect(refused.next).to.contain("blue-green");
      expect(house.world.writes).to.deep.equal([]);
      expect((await house.deployed("1.1")).status).to.equal("succeeded");
    }
  });

  it("replaces nothing where the live colour has no task, and says so", async () => {
    const house = fakeHouse();
    Object.assign(house.world.colours.blue, { desired: 0, min: 0, tasks: [] });
    house.world.outputs = { ...house.world.outputs, deployment: plain };
    const run = await house.deployed("1.1", rolling);
    expect(run.status).to.equal("rolled-back");
    expect(run.error?.detail).to.contain("nothing to replace");
  });
});
