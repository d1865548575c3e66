import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres, type Postgres } from "../../postgres/postgres.ts";
import { say } from "./figures.ts";
import { holdAt } from "./holdAt.ts";
import { openLane, type Lane } from "./lane.ts";

/** How a database goes. */
const ways = {
  "that is killed": (postgres: Postgres) => process.kill(postgres.pid, "SIGKILL"),
  "that is stopped in order": (postgres: Postgres) => void postgres.stop(),
};

describe("three instances that start at once on a new database", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "turnout-new-"));
  const home = join(folder, "postgres");
  let postgres: Postgres;
  let lane: Lane;

  before(async () => {
    postgres = await startPostgres({ folder: home });
    lane = await openLane({ name: "new", url: postgres.url, instances: 3 });
  });
  after(async () => {
    await lane.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("make their tables without getting into each other's way", async () => {
    lane.stack("first");
    const { id } = await lane.deploy("first", { image: "shop:1.1" });
    expect((await lane.ended(id)).status).to.equal("succeeded");
    expect(lane.workers.map(({ dead }) => dead)).to.deep.equal([false, false, false]);
  });

  for (const [what, goes] of Object.entries(ways))
    it(`all outlive one ${what}, each with its runs`, async () => {
      const names = [1, 2, 3, 4, 5, 6].map((number) => `${what.replaceAll(" ", "-")}-${number}`);
      const held = await Promise.all(names.map(midBake));
      goes(postgres);
      await postgres.ended;
      await sleep(1000);
      postgres = await startPostgres({ folder: home });
      for (const { release } of held) release();
      for (const { id } of held) expect((await lane.ended(id)).status).to.equal("succeeded");
      const { rows } = await lane.pool.query("select 1 from turnout.executors where adopted_at is not null");
      say(`${held.length} runs of 3 instances, ${rows.length} of these taken for dead`);
      expect(rows).to.deep.equal([]);
      expect(lane.workers.map(({ dead }) => dead)).to.deep.equal([false, false, false]);
    });

  /** A deployment that stands in its bake until it is released, in whichever instance has it. */
  async function midBake(name: string): Promise<{ readonly id: string; readonly release: () => void }> {
    const { there, release } = holdAt(lane.stack(name), { step: "bake", at: "while waiting" });
    const { id } = await lane.deploy(name, { image: "shop:1.1" });
    await there;
    return { id, release };
  }
});
