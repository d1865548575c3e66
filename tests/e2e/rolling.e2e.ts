import { expect } from "chai";
import { type Load, type Snapshot, startLoad } from "../../bench/load.ts";
import type { ReleaseName } from "../../examples/shop/releases.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { openTestHouse, type TestHouse } from "./testHouse.ts";

const customers = { rate: 120, streams: 2, sockets: 2 };

/** What stops each bad release, and whether customers met it before: with rolling they are the ones who try it first. */
const bad = [
  { release: "1.2-bad-config", step: "healthy", reached: false },
  { release: "1.2-bad-migration", step: "migrate", reached: false },
  { release: "1.2-error-page", step: "smoke", reached: true },
  { release: "1.2-slow", step: "smoke", reached: true },
  { release: "1.2-crash", step: "bake", reached: true },
] as const satisfies readonly { release: ReleaseName; step: string; reached: boolean }[];

describe("a stack with the rolling engine, under traffic", function () {
  this.timeout(180_000);
  let house: TestHouse;
  let load: Load;

  before(async () => {
    house = await openTestHouse({
      configuration: { "turnout:engine": "rolling", "turnout:environment": { SHOP_FRONT: "own" } },
    });
    await house.push("1.1");
    load = startLoad({ url: house.connection.shop, ...customers });
    await eventually(() => Promise.resolve(expect(load.snapshot().answered).to.be.above(customers.rate)));
  });
  after(async () => {
    await load?.stop();
    await house?.close();
  });

  /** The figures when all requests that are on their way now have ended. */
  async function settled(): Promise<Snapshot> {
    const { requests, inFlight } = load.snapshot();
    await eventually(() =>
      Promise.resolve(expect(load.snapshot().requests).to.be.at.least(requests + inFlight)),
    );
    return load.snapshot();
  }

  /** Customers have this release from the live colour alone, as it was before. */
  async function serves(release: string): Promise<void> {
    const { live, colours, weights, drift } = await house.view();
    expect({ live, weights, drift }).to.deep.equal({
      live: "blue",
      weights: { blue: 100, green: 0 },
      drift: [],
    });
    expect(colours.blue.release).to.equal(release);
    expect(colours.green.tasks).to.deep.equal({ desired: 0, running: 0, pending: 0 });
  }

  it("replaces 1.0 by 1.1 in place, and no request fails", async () => {
    const run = await house.ended(await house.deploy({ image: "shop:1.1" }));
    expect(run.error).to.equal(undefined);
    expect(run).to.include({
      status: "succeeded",
      engine: "rolling",
      colour: "blue",
      migrated: "compatible",
    });
    const seconds = (Date.parse(run.trafficLiveAt ?? "") - Date.parse(run.createdAt)) / 1000;
    console.log(`      only 1.1 serves ${seconds.toFixed(1)} s after the POST`);
    await serves("shop:1.1");
    const { failures, failed, releases } = await settled();
    expect(failures).to.deep.equal([]);
    expect(failed).to.equal(0);
    expect(releases["1.1"]?.requests).to.be.above(0);
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  it("is undone in place, to the task definition that was there, and no request fails", async () => {
    const began = Date.now();
    const run = await house.ended(await house.undo());
    expect(run.error).to.equal(undefined);
    expect(run).to.include({ status: "succeeded", engine: "rolling", image: "shop:1.0" });
    const seconds = (Date.parse(run.trafficLiveAt ?? "") - began) / 1000;
    console.log(`      only 1.0 serves ${seconds.toFixed(1)} s after the undo's POST`);
    await serves("shop:1.0");
    expect((await settled()).failed).to.equal(0);
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  for (const { release, step, reached } of bad)
    it(`takes ${release} back at ${step}${reached ? ", after customers have met it" : ", before a customer meets it"}`, async () => {
      await house.push(release);
      const then = await settled();
      const run = await house.ended(await house.deploy({ image: `shop:${release}`, bake: 30 }));
      expect(run.status, JSON.stringify(run.undoErrors)).to.equal("rolled-back");
      expect(run.steps.find(({ status }) => status === "failed")?.name).to.equal(step);
      await serves("shop:1.0");
      const now = await settled();
      const served = now.releases[release]?.requests ?? 0;
      const failed = now.failed - then.failed;
      console.log(`      it served ${served} requests; ${failed} of all failed meanwhile`);
      if (reached) expect(served).to.be.above(0);
      else expect({ served, failed }).to.deep.equal({ served: 0, failed: 0 });
    });

  it("takes a blue-green deployment all the same, and its undo", async () => {
    const then = await settled();
    const run = await house.ended(await house.deploy({ image: "shop:1.1", engine: "blue-green" }));
    expect(run).to.include({ status: "succeeded", engine: "blue-green", colour: "green" });
    const back = await house.ended(await house.undo());
    expect(back).to.include({ status: "succeeded", engine: "blue-green", colour: "blue" });
    await eventually(async () => serves("shop:1.0"), 60_000);
    expect((await settled()).failed).to.equal(then.failed);
  });

  it("leaves no drift", async () => {
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });
});
