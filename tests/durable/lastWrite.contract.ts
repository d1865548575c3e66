import { expect } from "chai";
import pLimit from "p-limit";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { cutOff } from "./cuts.ts";
import { startDatabases, type Databases } from "./databases.ts";
import { say } from "./figures.ts";
import { holdAt } from "./holdAt.ts";
import { openLane, type Lane } from "./lane.ts";
import { pointsOf, sayPoint, type Point } from "./moments.ts";
import { scenarios, type Scenario } from "./scenarios.ts";
import type { DurableStack } from "./stacks.ts";
import { waitsForTraffic } from "./waitsForLock.ts";

/** In the steps that shift: the run has looked, and its next word to the load balancer is the shift. */
const justBefore: readonly Point[] = ["shift-10", "shift"].flatMap((step) =>
  ["traffic.rules", "traffic.health green"].map((call) => ({ step, at: "after the effect", call }) as const),
);

/** What the production rule was before. */
const back = "shift blue 100 green 0";

describe("an undo posted to another instance", function () {
  this.timeout(120_000);
  const scenario = scenarios.find(({ name }) => name === "canary") as Scenario;
  let databases: Databases;
  let lane: Lane;
  let points: readonly Point[];

  before(async () => {
    databases = await startDatabases();
    lane = await openLane({ name: "undo", url: await databases.make("undo"), instances: 3 });
    const { outcomes } = await cutOff(lane, [{ scenario, stack: "whole" }]);
    for (const { stack, run } of outcomes) points = pointsOf(stack.trace, run);
  });
  after(async () => {
    await lane.close();
    await databases.stop();
  });

  it("is the last write on the production rule, at whichever moment it comes", async () => {
    const one = pLimit(6);
    const began = performance.now();
    const posted = await Promise.all(
      points.map((point, index) => one(() => undoneAt(point, `undo-${index}`))),
    );
    const during = points.filter(({ call }) => call?.startsWith("traffic.shift"));
    say(
      `${posted.length} undos, ${during.length} of them in the middle of a shift's call, in`,
      `${Math.round((performance.now() - began) / 1000)} s;`,
      `${posted.flatMap(({ shifts }) => shifts.filter((one) => one !== back)).length} forward shifts after them`,
    );
    expect(during.map(({ step, at }) => `${step}, ${at}`)).to.deep.equal([
      ...["shift-10, before the effect", "shift-10, after the effect"],
      ...["shift, before the effect", "shift, after the effect"],
    ]);
    for (const { point, world, shifts, told, ended } of posted) {
      const where = sayPoint(point);
      expect(
        shifts.filter((write) => write !== back),
        where,
      ).to.deep.equal([]);
      expect(world.weights, where).to.deep.equal({ blue: 100, green: 0 });
      expect(world.sticky, where).to.equal(null);
      // The slate is clean: blue has the load as before, green rests.
      expect([world.colours.blue.desired, world.colours.green.desired], where).to.deep.equal([3, 0]);
      expect(world.colours.blue.suspended, where).to.deep.equal({ in: false, out: false, scheduled: false });
      expect(world.colours.green.suspended, where).to.deep.equal({ in: true, out: true, scheduled: true });
      const own = isClosed(point);
      expect(told.kind, where).to.equal(own ? "undo" : "deployment");
      expect(ended.status, where).to.equal(own ? "succeeded" : expectedEnd(point));
    }
  });

  it("is the last write also when the run is told too late: the right of way is gone", async () => {
    const posted = await Promise.all(
      justBefore.map((point, index) => undoneAt(point, `deaf-${index}`, { deaf: true })),
    );
    for (const { point, world, shifts, ended } of posted) {
      const where = sayPoint(point);
      expect(
        shifts.filter((write) => write !== back),
        where,
      ).to.deep.equal([]);
      expect(world.weights, where).to.deep.equal({ blue: 100, green: 0 });
      expect(ended.status, where).to.equal("rolled-back");
      expect(ended.error?.code, where).to.equal("stopped-by-request");
    }
  });

  it("a cancel in the middle of a shift's call waits for the call's end, and then takes it back", async () => {
    const point = { step: "shift", at: "before the effect", call: "traffic.shift blue 0 green 100" } as const;
    const stack = lane.stack("cancelled");
    await scenario.prepare(lane, stack);
    const { worker, release, view } = await comesTo(stack, point);
    await lane.send("cancelled", view.id, { kind: "cancel" }, worker);
    // Whoever wants to write next waits as long as the call is under way, though the run knows of the cancel.
    const next = lane.undo("cancelled", { acceptMigrated: true }, worker).then(
      () => true,
      () => true,
    );
    const waits = waitsForTraffic(lane.pool, "cancelled").then(() => false);
    waits.catch(() => {});
    // An aborted request may be carried out all the same: here, when the run has ended without it.
    if (await Promise.race([next, waits])) await lane.ended(view.id);
    release();
    await next;
    expect((await lane.ended(view.id)).finishedAt).to.be.a("string");
    expect(stack.world.weights).to.deep.equal({ blue: 100, green: 0 });
    expect(stack.world.writes.filter((write) => write.startsWith("shift")).at(-1)).to.equal(back);
  });

  async function undoneAt(point: Point, name: string, { deaf } = { deaf: false }) {
    const stack = lane.stack(name);
    await scenario.prepare(lane, stack);
    const { worker, release } = await comesTo(stack, point);
    if (deaf) stack.hold = ({ at }) => (at === "hearing" ? new Promise(() => {}) : undefined);
    // What this call writes is written before the undo can be answered.
    const mark = stack.world.writes.length + (point.at === "before the effect" && isShift(point) ? 1 : 0);
    const request = lane.undo(name, { acceptMigrated: true }, worker);
    request.catch(() => {});
    if (isGuarded(point)) await waitsForTraffic(lane.pool, name);
    else if (!isClosed(point)) await request;
    release();
    const told = await request;
    const ended = await lane.ended(told.id);
    const shifts = stack.world.writes.slice(mark).filter((write) => write.startsWith("shift"));
    return { point, world: stack.world, shifts, told, ended };
  }

  async function comesTo(
    stack: DurableStack,
    point: Point,
  ): Promise<{ readonly worker: string; readonly release: () => void; readonly view: Deployment }> {
    const { there, release } = holdAt(stack, point);
    const view = await scenario.begin(lane, stack);
    return { worker: await there, release, view };
  }
});

function isShift({ call }: Point): boolean {
  return call?.startsWith("traffic.shift") ?? false;
}

/** From here on the deployment takes no message any more: an undo is a run of its own, after it. */
function isClosed({ step, at }: Point): boolean {
  return ["end", "follow"].includes(step) || (step === "close" && at !== "before the effect");
}

/** Every write to the load balancer is made under the stack's lock, so an undo waits for its end. */
function isGuarded({ call }: Point): boolean {
  return /^traffic\.(shift|pointTest)/.test(call ?? "");
}

/** A run that had not begun never begins. */
function expectedEnd({ step, at }: Point): Deployment["status"] {
  return step === "take forward" && at === "before the effect" ? "superseded" : "rolled-back";
}
