import { expect } from "chai";
import { keepPostgres } from "../../postgres/keep.ts";
import { postmasterPid } from "../../postgres/leftovers.ts";
import { createHomes, type Homes } from "./homes.ts";
import { ask } from "./keptServer.ts";
import { dataOf, isAlive, kill, until } from "./processes.ts";

describe("A Postgres that is kept", function () {
  this.timeout(30_000);
  let homes: Homes;
  beforeEach(() => {
    homes = createHomes();
  });
  afterEach(() => homes.close());

  it("is there again after kill -9, at the same address and with what it had, until it is stopped", async () => {
    const home = homes.folder();
    const warnings: string[] = [];
    const kept = await keepPostgres({ folder: home, warn: (why) => warnings.push(why) });
    try {
      await ask(kept.url, "create table kept as select 7 as n");
      for (let turn = 0; turn < 2; turn += 1) {
        const pid = postmasterPid(dataOf(home)) ?? 0;
        kill(pid);
        const answers = () => ask(kept.url, "select n from kept").catch(() => undefined);
        await until("it answers again", async () => (await answers()) === 7);
      }
      expect(warnings).to.have.lengthOf.at.least(2);
      expect(warnings[0]).to.contain("ended by itself");
    } finally {
      await kept.stop();
    }
    expect(isAlive(postmasterPid(dataOf(home)) ?? 0)).to.equal(false);
  });
});
