import { expect } from "chai";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { cutOff } from "./cuts.ts";
import { startDatabases, type Databases } from "./databases.ts";
import { say } from "./figures.ts";
import { holdAt } from "./holdAt.ts";
import { openLane, type Lane } from "./lane.ts";
import { scenarios, type Scenario } from "./scenarios.ts";

describe("three instances on one database", function () {
  this.timeout(120_000);
  const scenario = scenarios.find(({ name }) => name === "blue-green") as Scenario;
  let databases: Databases;
  let lane: Lane;

  before(async () => {
    databases = await startDatabases();
    lane = await openLane({ name: "fleet", url: await databases.make("fleet"), instances: 3 });
  });
  after(async () => {
    await lane.close();
    await databases.stop();
  });

  it("adopt within 2 s what one of them had in mid-shift when it was killed", async () => {
    const whole = await cutOff(lane, [{ scenario, stack: "whole" }]);
    const call = "traffic.shift blue 0 green 100";
    const cuts = Array.from({ length: 6 }, (_, index) => ({
      scenario,
      stack: `cut-${index}`,
      point: {
        step: "shift",
        at: index % 2 === 0 ? ("before the effect" as const) : ("after the effect" as const),
        call,
      },
    }));
    const { outcomes, kills } = await cutOff(lane, cuts);
    const adoptions = outcomes.map(({ adoptedAfter }) => Math.round(adoptedAfter)).sort((a, b) => a - b);
    say(`${outcomes.length} runs in mid-shift, ${kills} kill -9, adopted after ${adoptions.join(", ")} ms`);
    expect(outcomes.length).to.equal(6);
    for (const { state, adoptedAfter } of outcomes) {
      expect(adoptedAfter).to.be.within(1, 2000);
      expect(state).to.deep.equal(whole.outcomes[0]?.state);
      expect(state.shifts).to.deep.equal(["shift blue 0 green 100"]);
    }
  });

  it("of 100 deployments that come at once in supersede mode, each with a key of its own, let the newest one run, after the one at work", async () => {
    const stack = lane.stack("crowd");
    const { there, release } = holdAt(stack, { step: "healthy", at: "after the checkpoint" });
    const first = await lane.deploy("crowd", { image: "shop:1.1" });
    await there;
    const newest = { image: "shop:1.2", onBusy: "supersede" } as const;
    const began = performance.now();
    const posts = await Promise.all(
      Array.from({ length: 100 }, (_, index) => lane.deploy("crowd", { ...newest, key: `post-${index}` })),
    );
    const posted = performance.now() - began;
    expect(new Set(posts.map(({ id }) => id)).size).to.equal(100);
    // A key that came before is the run that it began, at whichever instance it comes again.
    const again = await Promise.all(
      [0, 50, 99].map((index) => lane.deploy("crowd", { ...newest, key: `post-${index}` })),
    );
    expect(again.map(({ id }) => id)).to.deep.equal([0, 50, 99].map((index) => posts[index]?.id));
    release();
    expect((await lane.ended(first.id)).status).to.equal("succeeded");
    const ended = await Promise.all(posts.map(({ id }) => lane.ended(id)));
    const winners = ended.filter(({ status }) => status === "succeeded");
    const superseded = ended.filter(({ status }) => status === "superseded");
    say(
      `100 posts to 3 instances in ${Math.round(posted)} ms: ${winners.length} ran, ${superseded.length} superseded`,
    );
    expect([winners.length, superseded.length]).to.deep.equal([1, 99]);
    // Each was ended by the one that came right after it, and nobody came after the last.
    const order = chain(superseded);
    expect(order.length).to.equal(100);
    expect(order.at(-1)).to.equal(winners[0]?.id);
    // One at a time: whoever had the stack never has it again after another one.
    const hands = stack.trace.map(({ run }) => run).filter((run, i, all) => run !== all[i - 1]);
    expect(new Set(hands).size).to.equal(hands.length);
    expect(hands[0]).to.equal(first.id);
    expect(stack.world.writes.filter((write) => write.startsWith("place"))).to.deep.equal([
      "place shop:1.1 on green",
      "place shop:1.2 on blue",
    ]);
    expect(stack.world.weights).to.deep.equal({ blue: 100, green: 0 });
  });
});

/** Run ids, the first to come first, from what each superseded one says of its successor. */
function chain(superseded: readonly Deployment[]): readonly string[] {
  const next = new Map(
    superseded.map(({ id, notes }) => [id, /the newer deployment (\S+) came/.exec(notes.join())?.[1] ?? ""]),
  );
  const successors = new Set(next.values());
  let at = [...next.keys()].find((id) => !successors.has(id));
  const order: string[] = [];
  while (at !== undefined) {
    order.push(at);
    at = next.get(at);
  }
  return order;
}
