import { expect } from "chai";
import { turn } from "./course.ts";
import { kindsOfFault, type Faults } from "./faultyAws.ts";
import { say, total } from "./figures.ts";
import { type Ended, type Lane, openLane } from "./lane.ts";

const faults: Faults = { throttled: 0.3, broken: 0.05, lost: 0.05 };

/**
 * The suite: so many deployments over an AWS that throttles, breaks and loses answers, in several houses side by side,
 * since a run mostly waits until it may ask again. TURNOUT_SEED repeats the faults, as far as requests come in the same
 * order.
 */
export function badDay({ deployments, houses }: { readonly deployments: number; readonly houses: number }) {
  const seed = Number(process.env["TURNOUT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const lanes: Lane[] = [];
  const all: Ended[] = [];
  let begun = 0;

  before(() => {
    console.log(`      seed ${seed}`);
  });
  after(async () => {
    for (const lane of lanes) await lane.close();
  });

  it(`${deployments} deployments each end as they should, with one migration at most`, async () => {
    const takeTurns = async (lane: Lane) => {
      while (begun < deployments) {
        const ended = await lane.take(turn(begun++, lane.live()));
        all.push(ended);
        if (all.length % 10 === 0) console.log(`      ${all.length} of ${deployments} have ended`);
      }
    };
    const busy: Promise<void>[] = [];
    for (let n = 0; n < houses; n += 1) {
      const lane = await openLane({ faults, seed: seed + n });
      lanes.push(lane);
      // Those that are open go on while the next one is made.
      const turns = takeTurns(lane);
      turns.catch(() => {});
      busy.push(turns);
    }
    await Promise.all(busy);
    expect(all.length).to.equal(deployments);
    expect(all.filter(({ run }) => run.status === "succeeded").length).to.be.above(0);
  });

  it("the idle colours rest at last, and nothing has drifted", async () => {
    for (const lane of lanes) await lane.atRest();
  });

  it("AWS was as bad as it should be, and no customer noticed", async () => {
    const reports = await Promise.all(lanes.map((lane) => lane.stopLoad()));
    const tally = total(lanes.map((lane) => lane.tally));
    say({ seed, all, tally, customers: reports });
    for (const fault of kindsOfFault) {
      // Five standard deviations: the chance of a false alarm is below one in a million.
      const spread = 5 * Math.sqrt((faults[fault] * (1 - faults[fault])) / tally.requests);
      expect(tally[fault] / tally.requests, fault).to.be.closeTo(faults[fault], spread);
    }
    for (const { failures, failed, answered, releases } of reports) {
      expect(failures).to.deep.equal([]);
      expect(failed).to.equal(0);
      expect(answered).to.be.above(0);
      expect(["1.0", "1.1"]).to.include.members(Object.keys(releases));
    }
  });
}
