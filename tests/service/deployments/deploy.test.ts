import { expect } from "chai";
import { fakeHouse } from "../fakes/fakeHouse.ts";
import { refusal } from "../fakes/refusal.ts";

describe("a deployment", () => {
  it("swaps the release, and leaves the old one warm for the undo window", async () => {
    const { world, runs, deployed } = fakeHouse();
    const run = await deployed("1.1");
    expect(run.error).to.equal(undefined);
    expect(run.status).to.equal("succeeded");
    expect(run.steps.map(({ name, status }) => `${name} ${status}`)).to.deep.equal([
      "check-image done",
      "stage done",
      "healthy done",
      "smoke done",
      "migrate done",
      "smoke-again done",
      "shift done",
      "bake done",
    ]);
    expect(world.writes.filter((write) => !write.startsWith("suspend"))).to.deep.equal([
      "keep @sha256:312e31",
      "keep @sha256:312e30",
      "place shop:1.1 on green",
      "scale green 3",
      "point test at green",
      "run node migrate.mjs of shop:1.1",
      "shift blue 0 green 100",
    ]);
    expect(world.colours.blue.desired).to.equal(3);
    expect(run.weights).to.deep.equal({ blue: 0, green: 100 });
    expect(Date.parse(run.undoUntil ?? "") - Date.parse(run.finishedAt ?? "")).to.equal(600_000);
    expect(Date.parse(run.finishedAt ?? "") - Date.parse(run.trafficLiveAt ?? "")).to.be.at.least(3000);
    const [rest] = await runs.list({ kind: ["rest"] });
    expect(rest).to.include({ status: "queued", dueAt: run.undoUntil, follows: run.id });
  });

  it("rests the old colour when the undo window closes", async () => {
    const { world, runs, deployed } = fakeHouse();
    const { id } = await deployed("1.1");
    runs.due(`${id}-rest`);
    const rest = await runs.end(`${id}-rest`);
    expect(rest.status).to.equal("succeeded");
    expect(world.colours.blue.desired).to.equal(0);
    expect(world.colours.blue.suspended).to.deep.equal({ in: true, out: true, scheduled: true });
    expect(world.colours.green.suspended).to.deep.equal({ in: false, out: false, scheduled: false });
  });

  it("starts at once inside the window, says that the older undo ends, and the older rest steps back", async () => {
    const { world, runs, deployed } = fakeHouse();
    const first = await deployed("1.1");
    const second = await deployed("1.2");
    expect(second.status).to.equal("succeeded");
    expect(second.notes.join()).to.contain("shop:1.0").and.to.contain("that undo ends");
    runs.due(`${first.id}-rest`);
    expect((await runs.end(`${first.id}-rest`)).status).to.equal("superseded");
    expect(world.colours.blue.desired).to.equal(3);
  });

  it("starts as many tasks as the live colour runs at that moment", async () => {
    const { world, deployed } = fakeHouse();
    await world.cloud(world.outputs).tasks.scale("blue", 7, new AbortController().signal);
    await deployed("1.1");
    expect(world.colours.green.desired).to.equal(7);
  });

  it("starts initialCount tasks where nothing is live yet", async () => {
    const { world, runs, deployed } = fakeHouse();
    world.outputs = { ...world.outputs, record: { blue: null, green: null, recent: [] } };
    world.colours.blue.desired = 0;
    world.colours.blue.tasks = [];
    const run = await deployed("1.1", { shift: "canary" });
    expect(run.error?.detail).to.equal(undefined);
    expect(run.status).to.equal("succeeded");
    expect(run.undoUntil).to.equal(undefined);
    expect(world.writes).to.include("scale green 2");
    expect(await runs.list({ kind: ["rest"] })).to.deep.equal([]);
  });

  it("answers with all its steps before the first of them", async () => {
    const { deployed, runs } = fakeHouse();
    const { id } = await deployed("1.1");
    const view = await runs.get(id);
    expect(view?.colour).to.equal("green");
    expect(view?.from).to.deep.equal({ colour: "blue", image: "shop:1.0" });
  });

  it("keeps customers with one colour only while both serve", async () => {
    const { world, deployed } = fakeHouse();
    await deployed("1.1", { shift: "linear", shiftPercent: 40, shiftInterval: 5 });
    expect(world.writes.filter((write) => write.startsWith("shift"))).to.deep.equal([
      "shift blue 60 green 40 sticky 5",
      "shift blue 20 green 80 sticky 5",
      "shift blue 0 green 100",
    ]);
  });

  it("refuses what is already live, in words that name it", async () => {
    const { deployed, world } = fakeHouse();
    const error = await refusal(deployed("1.0"));
    expect(error.code).to.equal("already-live");
    expect(error.message).to.contain("shop:1.0").and.to.contain("blue");
    expect(world.writes).to.deep.equal([]);
  });

  it("deploys the live image again when its settings have changed", async () => {
    const { deployed, world } = fakeHouse();
    world.outputs = {
      ...world.outputs,
      next: { ...world.outputs.next, environment: { GREETING: "good evening" } },
    };
    expect((await deployed("1.0")).status).to.equal("succeeded");
  });

  for (const [what, request, code] of [
    ["an unknown tag", { image: "shop:9" }, "unknown-image"],
    ["an unknown stack", { stack: "attic" }, "unknown-stack"],
    ["an unknown engine", { engine: "steam" }, "unknown-engine"],
  ] as const) {
    it(`refuses ${what}, and touches nothing`, async () => {
      const { deployed, world, runs } = fakeHouse();
      expect((await refusal(deployed("1.1", request))).code).to.equal(code);
      expect(world.writes).to.deep.equal([]);
      expect(await runs.list({})).to.deep.equal([]);
    });
  }

  it("refuses a second one while one runs, and names it", async () => {
    const { deployed, world } = fakeHouse();
    let second: Promise<Error> | undefined;
    world.onWrite = (write) => {
      if (write.startsWith("place")) second = refusal(deployed("1.2"));
    };
    const first = await deployed("1.1");
    const error = (await second) as Error & { next: string };
    expect(error.message).to.contain(first.id);
    expect(error.next).to.contain(`/deployments/${first.id}`);
    expect(first.status).to.equal("succeeded");
  });

  it("refuses to start while the weights are split and nothing is at work", async () => {
    const { deployed, world } = fakeHouse();
    world.weights = { blue: 90, green: 10 };
    const error = await refusal(deployed("1.1"));
    expect(error.code).to.equal("drift");
    expect(error.message).to.contain("blue 90, green 10");
  });
});
