import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { startDatabases, type Databases } from "./databases.ts";
import { holdAt } from "./holdAt.ts";
import { openLane, type Lane } from "./lane.ts";

describe("a deployment whose instance is killed when a rest of its colour has just come due", function () {
  this.timeout(60_000);
  let databases: Databases;
  let lane: Lane;

  before(async () => {
    databases = await startDatabases();
    lane = await openLane({ name: "requeued", url: await databases.make("requeued") });
  });
  after(async () => {
    await lane.close();
    await databases.stop();
  });

  it("goes on first, though the rest is the older one in the store's queue", async () => {
    const stack = lane.stack("s");
    const { there } = holdAt(stack, {
      step: "healthy",
      at: "after the effect",
      call: "traffic.health green",
    });
    // By the clock that the instances' store goes by, 1.5 s from now.
    const [createdAt, dueAt] = ["2026-03-01T12:00:00.000Z", "2026-03-01T12:00:01.500Z"];
    await lane.start({
      order: { kind: "rest", stack: "s", colour: "green", follows: null },
      view: {
        ...{ id: "rest", kind: "rest", stack: "s", status: "queued", revision: 1, engine: "blue-green" },
        ...{ colour: "green", createdAt, dueAt, steps: [], notes: [] },
      },
    });
    const { id } = await lane.deploy("s", { image: "shop:1.1" });
    const worker = await there;
    await sleep(2000); // the rest is due by now
    await lane.kill(worker);
    const ended = await lane.ended(id);
    expect([ended.status, ended.error]).to.deep.equal(["succeeded", undefined]);
    expect(stack.world.colours.green.desired).to.equal(3);
    // Asked again behind the deployment, which gave the colour the traffic.
    expect((await lane.ended("rest")).notes.join()).to.contain(id);
    expect((await lane.ended("rest-again")).notes).to.deep.equal(["green has traffic again."]);
    expect(stack.world.writes).not.to.include("scale green 0");
  });
});
