import { expect } from "chai";
import { outage } from "./databaseAway.ts";

describe("a database that is away for 4 seconds", function () {
  this.timeout(60_000);

  it("costs no run: requests are told to come again, and it goes on within 10 s", async () => {
    const { acts, goesOnAfter } = await outage(4);
    console.log(`      went on ${goesOnAfter} ms after the database was back`);
    expect(acts).to.deep.equal(["before", "after", "write"]);
    expect(goesOnAfter).to.be.below(10_000);
  });
});
