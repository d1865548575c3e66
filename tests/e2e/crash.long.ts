import { expect } from "chai";
import { stopper, Trial } from "./trial.ts";

/** Seconds of the bake in which the crash must be seen; the release crashes 20 s after its first customer. */
const bake = 30;

describe("a release that crashes under traffic", function () {
  this.timeout(120_000);
  let trial: Trial;
  /** Customers' requests that failed while it was deployed: the only ones that may. */
  let crashed = 0;

  before(async () => {
    trial = await Trial.open();
  });
  after(() => trial?.close());

  it(`has its control: the good one passes the same path (bake: ${bake})`, () => trial.isGood({ bake }));

  it("is stopped by the bake, by its stopped tasks: the weights go back", async () => {
    const { run, served, failed, before } = await trial.tried("1.2-crash", { bake });
    crashed = failed;
    expect(run.status).to.equal("rolled-back");
    expect(stopper(run)).to.equal("bake");
    expect(run.error?.detail).to.match(/tasks stopped; task \d exited/);
    expect(run.trafficLiveAt).to.be.a("string");
    console.log(`      1.2-crash served ${served} requests before the weights went back; ${failed} failed`);
    expect(served).to.be.above(0);
    await trial.untouched(before);
  });

  it("leaves no drift, and failed no request before or after", async () => {
    expect(await trial.house.preview()).to.match(/\d+ unchanged/);
    const { failed, releases } = await trial.load.stop();
    expect(failed).to.equal(crashed);
    expect(Object.keys(releases)).to.have.members(["1.0", "1.1", "1.2-crash"]);
  });
});
