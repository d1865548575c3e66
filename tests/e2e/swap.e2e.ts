import { expect } from "chai";
import { type Load, startLoad } from "../../bench/load.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { openTestHouse, type TestHouse } from "./testHouse.ts";

const customers = { rate: 320, streams: 3, sockets: 3 };

describe("1.0 -> 1.1 -> undo -> 1.1 under 320 requests a second", function () {
  this.timeout(180_000);
  let house: TestHouse;
  let load: Load;
  /** Of the undo's POST, epoch ms. */
  let undoAt = 0;

  before(async () => {
    house = await openTestHouse();
    await house.push("1.1");
    load = startLoad({ url: house.connection.shop, ...customers });
    await eventually(() => Promise.resolve(expect(load.snapshot().answered).to.be.above(customers.rate)));
  });
  after(async () => {
    await load?.stop();
    await house?.close();
  });

  it("swaps", async () => {
    const run = await house.ended(await house.deploy({ image: "shop:1.1" }));
    expect(run.error).to.equal(undefined);
    expect(run).to.include({ status: "succeeded", colour: "green", migrated: "compatible" });
    expect(run.weights).to.deep.equal({ blue: 0, green: 100 });
    expect(run.steps.map(({ status }) => status)).to.have.members(run.steps.map(() => "done"));
    expect(Date.parse(run.undoUntil ?? "")).to.be.above(Date.parse(run.finishedAt ?? ""));
    const seconds = (Date.parse(run.trafficLiveAt ?? "") - Date.parse(run.createdAt)) / 1000;
    console.log(`      live ${seconds.toFixed(1)} s after the POST`);
  });

  it("shows no drift after the deployment", async () => {
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  it("is undone: no request that starts later than 1 s after the POST reaches the undone release", async () => {
    undoAt = Date.now();
    const run = await house.ended(await house.undo());
    expect(run).to.include({ kind: "undo", status: "succeeded", colour: "blue" });
    await eventually(async () => {
      const { health } = (await house.view()).colours.green;
      expect(health).to.deep.equal({});
    }, 60_000);
    const last = (load.snapshot().releases["1.1"]?.lastStart ?? 0) - undoAt;
    expect(last).to.be.above(-5_000).and.below(1_000);
    console.log(`      the last request that 1.1 answered had started ${last.toFixed(0)} ms after the POST`);
  });

  it("shows no drift after the undo and the rest", async () => {
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  it("swaps again, from zero tasks, and without a window for an undo the old colour's streams end", async () => {
    const run = await house.ended(await house.deploy({ image: "shop:1.1", undoWindow: 0 }));
    expect(run).to.include({ status: "succeeded", colour: "green" });
    expect((await house.view()).live).to.equal("green");
    await eventually(() => {
      const { streams, sockets } = load.snapshot();
      expect(streams.clean).to.be.at.least(customers.streams);
      expect(sockets.clean + sockets.ended).to.be.at.least(customers.sockets);
      return Promise.resolve();
    }, 60_000);
  });

  it("failed no request, ended no stream but cleanly, and held the rate", async () => {
    const report = await load.stop();
    console.log(
      `      ${report.requests} requests in ${report.duration.toFixed(0)} s, ${report.failed} failed; ` +
        `p99 ${report.latency.p99.toFixed(0)} ms; ` +
        `ended in order: ${report.streams.clean} event streams, ${report.sockets.clean + report.sockets.ended} WebSockets`,
    );
    expect(report.failures).to.deep.equal([]);
    expect(report.failed).to.equal(0);
    expect(report.answered / report.duration).to.be.at.least(300);
    expect(report.kinds["checkout"]?.answered).to.be.above(report.answered / 200);
    expect(Object.keys(report.releases)).to.have.members(["1.0", "1.1"]);
    for (const { broken, refused, opened } of [report.streams, report.sockets])
      expect({ broken, refused, everOpened: opened > 0 }).to.deep.equal({
        broken: 0,
        refused: 0,
        everOpened: true,
      });
  });

  it("fails requests without draining: the harness can see a drop", async () => {
    await house.up({ "turnout:deregistrationDelay": "0", "turnout:stopTimeout": "2" });
    await house.push("1.0");
    const control = startLoad({ url: house.connection.shop, ...customers });
    try {
      // Slow checkouts are on their way when green rests, without a window, right after the bake.
      const run = await house.ended(await house.deploy({ image: "shop:1.0", bake: 0, undoWindow: 0 }));
      expect(run.status).to.equal("succeeded");
      await eventually(async () => {
        expect((await house.view()).colours.green.health).to.deep.equal({});
      }, 60_000);
    } finally {
      await control.stop();
    }
    const { failed, requests, failures } = await control.ended;
    console.log(`      without draining ${failed} of ${requests} requests failed: ${failures[0]?.error}`);
    expect(failed).to.be.above(0);
  });
});
