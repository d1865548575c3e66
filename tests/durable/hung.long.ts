import { expect } from "chai";
import { say } from "./figures.ts";
import { freezeAt, laneOfEachTest } from "./freeze.ts";
import type { Lane } from "./lane.ts";
import type { Point } from "./moments.ts";

describe("an instance that hangs with all its sessions in the database", function () {
  this.timeout(120_000);
  let lane: Lane;
  laneOfEachTest("hung", (opened) => (lane = opened));

  for (const point of [
    // Its next word is the count of tasks.
    { step: "stage", at: "after the effect", call: "stacks.place shop:1.1 on green" },
    // With the stack's lock in its hands.
    { step: "shift", at: "after the effect", call: "traffic.shift blue 0 green 100" },
    { step: "bake", at: "after the effect", call: "traffic.health green" },
  ] satisfies Point[])
    it(`in ${point.step}: counts as dead after 15 s, another one goes on, and it writes nothing any more`, async () => {
      const stack = lane.stack("hangs");
      let adoptedAt = 0;
      const { wake, id, worker, at } = await freezeAt(lane, { stack, point }, () =>
        lane.deploy("hangs", { image: "shop:1.1" }),
      );
      stack.seen = (_run, by) => {
        if (by !== worker && adoptedAt === 0) adoptedAt = performance.now();
      };
      const ended = await lane.ended(id);
      expect(ended.status).to.equal("succeeded");
      const seconds = (adoptedAt - at) / 1000;
      say(`another one went on ${seconds.toFixed(1)} s after it hung`);
      expect(seconds).to.be.within(14, 25);
      expect(stack.world.weights).to.deep.equal({ blue: 0, green: 100 });
      const before = [...stack.world.writes];
      await wake();
      expect(stack.world.writes).to.deep.equal(before);
      expect(await lane.get(id)).to.deep.equal(ended);
      expect(stack.world.writes.filter((write) => write.startsWith("place"))).to.have.length(1);
    });
});
