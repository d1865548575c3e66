import { expect } from "chai";
import { cutOff, type Cut, type Outcome } from "./cuts.ts";
import { startDatabases, type Databases } from "./databases.ts";
import { say } from "./figures.ts";
import { openLane, type Lane } from "./lane.ts";
import { pointsOf, sayPoint, without } from "./moments.ts";
import { scenarios } from "./scenarios.ts";
import { stepsOf } from "./steps.ts";

/** Runs of one lane that stand at their points at the same time, and lanes side by side. */
const together = 8;
const lanesAtOnce = 3;

describe("kill -9 at every step", function () {
  this.timeout(240_000);
  let databases: Databases;
  const lanes: Lane[] = [];
  const whole = new Map<string, Outcome>();
  const outcomes: Outcome[] = [];

  before(async () => {
    databases = await startDatabases();
    for (let i = 1; i <= lanesAtOnce; i += 1)
      lanes.push(await openLane({ name: `lane${i}`, url: await databases.make(`lane${i}`) }));
    const uncut = scenarios.map((scenario) => ({ scenario, stack: `${scenario.name}-whole` }));
    for (const outcome of (await cutOff(lanes[0] as Lane, uncut)).outcomes)
      whole.set(outcome.cut.scenario.name, outcome);
  });
  after(async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
    await databases.stop();
  });

  it("without kills each run ends as it should", () => {
    const statuses = [...whole].map(([name, { state }]) => [name, state.status]);
    expect(statuses).to.deep.equal(scenarios.map(({ name, ends }) => [name, ends]));
  });

  it("each step comes to each moment, but for those that are known to lack one", () => {
    for (const { name } of scenarios) {
      const points = pointsFor(name);
      const { steps, waits } = stepsOf[name] ?? { steps: [], waits: [] };
      expect(
        {
          steps: [...new Set(points.map(({ step }) => step))],
          "no before the effect": without(points, "before the effect"),
          "no after the effect": without(points, "after the effect"),
          "no after the checkpoint": without(points, "after the checkpoint"),
          "no while waiting": without(points, "while waiting"),
        },
        name,
      ).to.deep.equal({
        steps,
        "no before the effect": [],
        "no after the effect": [],
        "no after the checkpoint": steps.filter((step) => step.startsWith("take")),
        "no while waiting": steps.filter((step) => !waits.includes(step)),
      });
    }
  });

  it("another instance goes on with every run, and does nothing twice", async () => {
    const cuts = scenarios.flatMap((scenario) =>
      pointsFor(scenario.name)
        .slice(firstOf(scenario))
        .map((point, index) => ({ scenario, point, stack: `${scenario.name}-${index}` })),
    );
    const began = performance.now();
    const kills = await inLanes(cuts);
    const adoptions = outcomes.map(({ adoptedAfter }) => adoptedAfter).sort((a, b) => a - b);
    say(
      `${outcomes.length} runs cut off, each at its own moment, by ${kills} kill -9 of the instance that had them`,
      `in ${Math.round((performance.now() - began) / 1000)} s; another instance had them again after`,
      `${Math.round(adoptions[adoptions.length >> 1] ?? 0)} ms (median), ${Math.round(adoptions.at(-1) ?? 0)} ms (max)`,
    );
    expect(outcomes.length).to.equal(cuts.length).and.to.be.above(200);
    for (const { hands, adoptedAfter } of outcomes) {
      // Never two at once: whoever lost a run never has it again.
      expect(new Set(hands).size).to.equal(hands.length).and.to.be.above(1);
      expect(adoptedAfter).to.be.within(1, 2000);
    }
  });

  for (const { name } of scenarios)
    it(`${name}: the end is the one without kills`, () => {
      const mine = outcomes.filter(({ cut }) => cut.scenario.name === name);
      expect(mine).not.to.deep.equal([]);
      for (const { cut, state } of mine)
        expect(state, cut.point && sayPoint(cut.point)).to.deep.equal(whole.get(name)?.state);
    });

  function pointsFor(name: string) {
    const { stack, run } = whole.get(name) as Outcome;
    return pointsOf(stack.trace, run);
  }

  function firstOf({ name, from }: (typeof scenarios)[number]): number {
    return from === undefined ? 0 : pointsFor(name).findIndex(({ step }) => step === from);
  }

  /** Answers how many instances were killed. */
  async function inLanes(cuts: readonly Cut[]): Promise<number> {
    const todo = [...cuts];
    let kills = 0;
    await Promise.all(
      lanes.map(async (lane) => {
        while (todo.length > 0) {
          const batch = await cutOff(lane, todo.splice(0, together));
          outcomes.push(...batch.outcomes);
          kills += batch.kills;
        }
      }),
    );
    return kills;
  }
});
