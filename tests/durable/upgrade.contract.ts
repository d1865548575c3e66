import { expect } from "chai";
import { fileURLToPath } from "node:url";
import { cutOff, type Outcome } from "./cuts.ts";
import { startDatabases, type Databases } from "./databases.ts";
import { say } from "./figures.ts";
import { openLane, type Lane } from "./lane.ts";
import { pointsOf, sayPoint, type Point } from "./moments.ts";
import { scenarios, type Scenario } from "./scenarios.ts";

const list = (name: string) => fileURLToPath(new URL(`../fixtures/stepLists/${name}.ts`, import.meta.url));
const [version1, version2] = [list("version1"), list("version2")];
const added = "look-once-more";

describe("a deployment across versions of the service", function () {
  this.timeout(120_000);
  const scenario = scenarios.find(({ name }) => name === "canary") as Scenario;
  let databases: Databases;
  const lanes: Lane[] = [];
  /** Without a kill, by version 1 alone. */
  let whole: Outcome;
  /** One in each step, in the middle of it, and one after each. */
  let points: readonly Point[];

  before(async () => {
    databases = await startDatabases();
    const lane = await laneOf("one", version1);
    const { outcomes } = await cutOff(lane, [{ scenario, stack: "whole" }]);
    whole = outcomes[0] as Outcome;
    points = pointsOf(whole.stack.trace, whole.run).filter(
      ({ step, at }) => !step.startsWith("take") && (at === "after the checkpoint" || at === "while waiting"),
    );
  });
  after(async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
    await databases.stop();
  });

  it("is finished by version 2, begun by version 1, without the step that it brought; a new deployment has it", async () => {
    const lane = await laneOf("two", version1, version2);
    const { outcomes, kills } = await cutOff(lane, atEach("cut"));
    let without = 0;
    for (const { cut, state, stack, run } of outcomes) {
      const where = cut.point && sayPoint(cut.point);
      // Where nothing of the list was recorded yet, the run comes to the new list only now.
      const begun = cut.point?.step !== "begin";
      const { steps } = state;
      expect(steps.includes(`${added} done`), where).to.equal(!begun);
      expect(
        stack.trace.some(({ step }) => step === added),
        where,
      ).to.equal(!begun);
      const old = steps.filter((step) => !step.startsWith(added));
      expect({ ...state, steps: old }, where).to.deep.equal(whole.state);
      expect((await lane.get(run))?.status).to.equal("succeeded");
      if (begun) without += 1;
    }
    say(
      `${outcomes.length} deployments of version 1 were finished by version 2 after ${kills} kill -9:`,
      `${without} without its new step, ${outcomes.length - without} that had recorded no step yet with it`,
    );
    expect(without).to.be.above(10);
    const fresh = await cutOff(lane, [{ scenario, stack: "fresh" }]);
    const names = fresh.outcomes[0]?.state.steps.map((step) => step.split(" ")[0]);
    expect(names?.slice(names.indexOf(added) - 1, names.indexOf(added) + 2)).to.deep.equal([
      "watch-10",
      added,
      "shift",
    ]);
  });

  it("is finished by the present version, begun by version 1", async () => {
    const lane = await laneOf("present", version1, "");
    const { outcomes } = await cutOff(lane, atEach("present"));
    for (const { cut, state } of outcomes) {
      // Steps with a `since` are not in a list that began before them.
      if (cut.point?.step === "begin") continue;
      expect(state, cut.point && sayPoint(cut.point)).to.deep.equal(whole.state);
    }
  });

  it("goes on with the new step when version 2 began it", async () => {
    const lane = await laneOf("new", version2);
    const uncut = await cutOff(lane, [{ scenario, stack: "new-whole" }]);
    const cut = { scenario, stack: "new", point: { step: "shift", at: "after the checkpoint" as const } };
    const { outcomes } = await cutOff(lane, [cut]);
    expect(outcomes[0]?.state).to.deep.equal(uncut.outcomes[0]?.state);
  });

  async function laneOf(name: string, first: string, later: string | undefined = first): Promise<Lane> {
    const url = await databases.make(name);
    const lane = await openLane({ name, url, instances: 1, plans: [first, later] });
    lanes.push(lane);
    return lane;
  }

  function atEach(name: string) {
    return points.map((point, index) => ({ scenario, point, stack: `${name}-${index}` }));
  }
});
