import { expect } from "chai";
import { eventually } from "../rehearsal/eventually.ts";
import { openRollingHouse, type RollingHouse } from "./rollingHouse.ts";

describe("a stack with the rolling engine, under traffic", function () {
  this.timeout(180_000);
  let house: RollingHouse;

  before(async () => {
    house = await openRollingHouse();
  });
  after(() => house?.close());

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
    await house.serves("shop:1.1");
    const { failures, failed, releases } = await house.settled();
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
    await house.serves("shop:1.0");
    expect((await house.settled()).failed).to.equal(0);
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  it("takes a blue-green deployment all the same, and its undo", async () => {
    const then = await house.settled();
    const run = await house.ended(await house.deploy({ image: "shop:1.1", engine: "blue-green" }));
    expect(run).to.include({ status: "succeeded", engine: "blue-green", colour: "green" });
    const back = await house.ended(await house.undo());
    expect(back).to.include({ status: "succeeded", engine: "blue-green", colour: "blue" });
    await eventually(() => house.serves("shop:1.0"), 60_000);
    expect((await house.settled()).failed).to.equal(then.failed);
  });

  it("leaves no drift", async () => {
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });
});
