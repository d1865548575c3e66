import { expect } from "chai";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { sessionsOf } from "../../service/adapters/runs/connections.ts";
import { freezeAt, laneOfEachTest } from "./freeze.ts";
import type { Lane } from "./lane.ts";
import type { Point } from "./moments.ts";
import type { DurableStack } from "./stacks.ts";

describe("an instance whose machine was frozen in the middle of a run, and that wakes up", function () {
  this.timeout(60_000);
  let lane: Lane;
  laneOfEachTest("frozen", (opened) => (lane = opened));

  it("does not end the tasks of the colour that has become live meanwhile", async () => {
    const stack = lane.stack("rests");
    await lane.ended((await lane.deploy("rests", { image: "shop:1.1" })).id);
    // Between the flags and the count: its next word is 'zero tasks'.
    const point = {
      step: "rest",
      at: "after the effect",
      call: "tasks.suspend blue in out scheduled",
    } as const;
    const { wake, ...run } = await frozenAt(stack, point, () => lane.rest("rests"));
    expect((await lane.ended(run.id)).status).to.equal("succeeded");
    const next = await lane.deploy("rests", { image: "shop:1.2" }, run.worker);
    expect((await lane.ended(next.id)).status).to.equal("succeeded");
    expect(stack.world.weights).to.deep.equal({ blue: 100, green: 0 });
    const before = [...stack.world.writes];
    await wake();
    expect(stack.world.colours.blue.desired).to.equal(3);
    expect(stack.world.writes).to.deep.equal(before);
  });

  it("says nothing of a run that another one has ended", async () => {
    const stack = lane.stack("bakes");
    const point = { step: "bake", at: "after the effect", call: "traffic.health green" } as const;
    const { wake, ...run } = await frozenAt(stack, point, () => lane.deploy("bakes", { image: "shop:1.1" }));
    const ended = await lane.ended(run.id);
    expect(ended.status).to.equal("succeeded");
    await wake();
    expect(await lane.get(run.id)).to.deep.equal(ended);
  });

  it("holds nobody up with the lock that it had in its hands", async () => {
    const stack = lane.stack("shifts");
    const point = { step: "shift", at: "after the effect", call: "traffic.shift blue 0 green 100" } as const;
    const { wake, ...run } = await frozenAt(stack, point, () => lane.deploy("shifts", { image: "shop:1.1" }));
    expect((await lane.ended(run.id)).status).to.equal("succeeded");
    const undo = await lane.undo("shifts", {}, run.worker);
    expect((await lane.ended(undo.id)).status).to.equal("succeeded");
    expect(stack.world.weights).to.deep.equal({ blue: 100, green: 0 });
    const before = [...stack.world.writes];
    await wake();
    expect(stack.world.writes).to.deep.equal(before);
  });

  /**
   * Freezes the instance that has the run, at this point, until the database has given up the session that says that
   * it lives, as it does with a machine that no longer answers. Its other sessions stay.
   */
  async function frozenAt(stack: DurableStack, point: Point, begin: () => Promise<Deployment>) {
    const frozen = await freezeAt(lane, { stack, point }, begin);
    await lane.pool.query(
      `select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and a.application_name = $1
         and (classid::bigint << 32 | objid::bigint) = hashtextextended('executor ' || $2, 0)`,
      [sessionsOf(frozen.executor), frozen.executor],
    );
    return frozen;
  }
});
