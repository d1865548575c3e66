import { expect } from "chai";
import { complaints, figuresOf, wreakHavoc } from "./havoc.ts";

describe("50 kills of services, their database and their updates, at random", function () {
  this.timeout(900_000);

  it("nobody notices: not who deploys, and no customer", async () => {
    const seed = Number(process.env["TURNOUT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    const say = (words: string) => console.log(`      ${words}`);
    say(`seed ${seed}`);
    const havoc = await wreakHavoc({ kills: 50, services: 2, seed, say });
    const { kills, runs, ...rest } = figuresOf(havoc);
    say(
      `${kills} kills, ${runs} runs, ${havoc.load.requests} customers' requests; ${havoc.lost} instances ended by themselves`,
    );
    expect(complaints(havoc)).to.deep.equal([]);
    expect(rest).to.deep.equal({ stuck: 0, overlaps: 0, doubled: 0, unexpected: 0, failedRequests: 0, seed });
    expect(kills).to.equal(50);
    expect(runs).to.be.above(10);
  });
});
