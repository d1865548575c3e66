import { expect } from "chai";
import type { ReleaseName } from "../../examples/shop/releases.ts";
import { openRollingHouse, type RollingHouse } from "./rollingHouse.ts";

/** What stops each bad release, and whether customers met it before: with rolling they are the ones who try it first. */
const bad = [
  { release: "1.2-bad-config", step: "healthy", reached: false },
  { release: "1.2-bad-migration", step: "migrate", reached: false },
  { release: "1.2-error-page", step: "smoke", reached: true },
  { release: "1.2-slow", step: "smoke", reached: true },
  { release: "1.2-crash", step: "bake", reached: true },
] as const satisfies readonly { release: ReleaseName; step: string; reached: boolean }[];

describe("a bad release on a stack with the rolling engine", function () {
  this.timeout(180_000);
  let house: RollingHouse;

  before(async () => {
    house = await openRollingHouse();
  });
  after(() => house?.close());

  for (const { release, step, reached } of bad)
    it(`takes ${release} back at ${step}${reached ? ", after customers have met it" : ", before a customer meets it"}`, async () => {
      await house.push(release);
      const then = await house.settled();
      const run = await house.ended(await house.deploy({ image: `shop:${release}`, bake: 30 }));
      expect(run.status, JSON.stringify(run.undoErrors)).to.equal("rolled-back");
      expect(run.steps.find(({ status }) => status === "failed")?.name).to.equal(step);
      await house.serves("shop:1.0");
      const now = await house.settled();
      const served = now.releases[release]?.requests ?? 0;
      const failed = now.failed - then.failed;
      console.log(`      it served ${served} requests; ${failed} of all failed meanwhile`);
      if (reached) expect(served).to.be.above(0);
      else expect({ served, failed }).to.deep.equal({ served: 0, failed: 0 });
    });

  it("leaves no drift", async () => {
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });
});
