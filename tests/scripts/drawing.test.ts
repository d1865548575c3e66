import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { draw, elapsed, requests, type Scene } from "../../scripts/drawing.ts";
import { type Deployment, type StepView, stepStatuses } from "../../service/deployments/deployment.ts";

const now = new Date("2026-05-04T10:00:12.340Z");
const wide = { width: 100, colours: false };

describe("a run drawn on a terminal", () => {
  it("is named by its image, its colour and its status", () => {
    expect(draw({ run: run({}), now }, wide)[0]).to.equal("shop:1.1 → green   running");
  });

  it("is named by its kind where it brings no image", () => {
    const { image, colour, ...rest } = run({ kind: "rest", status: "queued" });
    expect([image, colour]).to.deep.equal(["shop:1.1", "green"]);
    expect(draw({ run: rest, now }, wide)[0]).to.equal("rest → the other colour   queued");
  });

  it("has one line a step, in order: its mark, name, time, and what was seen last", () => {
    const steps: readonly StepView[] = [
      step({ status: "done", startedAt: at(0), finishedAt: at(1.25), evidence: "shop:1.1 is there" }),
      step({ name: "healthy", status: "running", startedAt: at(1.25), evidence: "2 of 3 healthy" }),
      step({ name: "shift", title: "Move the traffic", status: "waiting" }),
    ];
    expect(draw({ run: run({ steps }), now }, wide).slice(1)).to.deep.equal([
      " ✔ check     1.3 s  shop:1.1 is there",
      " ▸ healthy  11.1 s  2 of 3 healthy",
      " · shift            Move the traffic",
    ]);
  });

  it("has a mark of its own for each status of a step", () => {
    const marks = stepStatuses.map((status) => lineOf({ status }).trim()[0]);
    expect(new Set(marks).size).to.equal(stepStatuses.length);
  });

  for (const [status, escape] of [
    ["failed", "\u001B[31m"],
    ["done", "\u001B[32m"],
    ["running", "\u001B[33m"],
  ] as const)
    it(`shows a step that is ${status} in its colour, and the same words as without`, () => {
      const scene = { run: run({ steps: [step({ status })] }), load: load({ failed: 2 }), now };
      const coloured = draw(scene, { width: 100, colours: true });
      expect(coloured[1]).to.contain(escape);
      expect(coloured.map((line) => stripVTControlCharacters(line))).to.deep.equal(draw(scene, wide));
    });

  it("writes no escape where colours are off", () => {
    const scene = { run: run({ weights: { blue: 40, green: 60 } }), load: load({ failed: 2 }), now };
    // ESC is what every one of them starts with.
    expect(draw(scene, wide).join("")).to.not.contain("\u001B");
  });

  describe("within its width", () => {
    const evidence = "a task of green did not answer on /healthz: connection refused, three times in a row";

    it("keeps a line that just fits", () => {
      const whole = lineOf({ evidence });
      expect(whole).to.contain(evidence);
      expect(lineOf({ evidence }, whole.length)).to.equal(whole);
    });

    it("ends a longer one with an ellipsis at its last character", () => {
      const whole = lineOf({ evidence });
      const line = lineOf({ evidence }, whole.length - 1);
      expect(line).to.have.lengthOf(whole.length - 1);
      expect(line).to.equal(`${whole.slice(0, whole.length - 2)}…`);
    });

    for (const width of [60, 40, 25, 19, 18, 17, 8, 1])
      it(`has no step's line longer than ${width}`, () => {
        expect(lineOf({ evidence }, width).length).to.be.at.most(width);
      });

    it("shows of a log tail its first line only", () => {
      expect(lineOf({ evidence: "exit code 1\n  at migrate.mjs:3\n" })).to.match(/exit code 1$/);
    });
  });

  describe("the weights", () => {
    it("are left out before any were read", () => {
      expect(draw({ run: run({}), now }, wide).join("\n")).to.not.contain("weights");
    });

    for (const [blue, green] of [
      [100, 0],
      [90, 10],
      [50, 50],
      [0, 100],
    ] as const)
      it(`are a bar that tells ${blue} from ${green}`, () => {
        const { colours, figures } = barOf(blue, green);
        expect(figures).to.deep.equal([blue, green]);
        expect(colours).to.deep.equal([(30 * blue) / 100, (30 * green) / 100]);
      });

    it("of zero each are a bar too", () => {
      expect(barOf(0, 0).figures).to.deep.equal([0, 0]);
    });
  });

  it("has what customers got as its last line, while there is a load", () => {
    expect(draw({ run: run({}), load: load({}), now }, wide).at(-1)).to.equal(
      " requests  1.0 212/s   1.1 88/s   failed 0   4,512 answered",
    );
    expect(draw({ run: run({}), now }, wide).join("\n")).to.not.contain("requests");
  });
});

describe("the line of requests", () => {
  it("has releases in order, whichever answered first", () => {
    const lastSecond = { ...load({}).lastSecond, releases: { "1.1": 3, "1.0": 4 } };
    expect(requests(load({ lastSecond }))).to.match(/^1\.0 4\/s {3}1\.1 3\/s/);
  });

  it("tells failures in the same words, in red where there are colours", () => {
    expect(requests(load({ failed: 7 }))).to.contain("failed 7   4,512 answered");
    const scene = { run: run({ steps: [] }), load: load({ failed: 7 }), now };
    expect(draw(scene, { width: 100, colours: true }).at(-1)).to.contain("\u001B[31mfailed 7\u001B[39m");
  });

  it("is not red while nothing failed", () => {
    const scene = { run: run({ steps: [] }), load: load({}), now };
    expect(draw(scene, { width: 100, colours: true }).at(-1)).to.not.contain("\u001B[31m");
  });

  it("stands before the first answer", () => {
    const lastSecond = { ...load({}).lastSecond, releases: {} };
    expect(requests(load({ answered: 0, lastSecond }))).to.equal("failed 0   0 answered");
  });
});

describe("a step's time", () => {
  it("is empty before it started", () => {
    expect(elapsed(step({}), now)).to.equal("");
  });

  it("runs while the step does, and stands when it has ended", () => {
    const running = step({ startedAt: at(2) });
    expect(elapsed(running, new Date(at(5)))).to.equal("3.0 s");
    expect(elapsed(running, new Date(at(125.5)))).to.equal("123.5 s");
    expect(elapsed({ ...running, finishedAt: at(4.5) }, new Date(at(125.5)))).to.equal("2.5 s");
  });

  it("is not negative when the service's clock is ahead", () => {
    expect(elapsed(step({ startedAt: at(9) }), new Date(at(8)))).to.equal("0.0 s");
  });
});

/** ISO 8601, seconds after ten o'clock. */
function at(seconds: number): string {
  return new Date(Date.parse("2026-05-04T10:00:00Z") + seconds * 1000).toISOString();
}

function step(given: Partial<StepView>): StepView {
  return { name: "check", title: "Look for the image", status: "waiting", ...given };
}

function run(given: Partial<Deployment>): Deployment {
  return {
    id: "1",
    kind: "deployment",
    stack: "any",
    status: "running",
    revision: 1,
    engine: "blue-green",
    image: "shop:1.1",
    colour: "green",
    createdAt: at(0),
    steps: [step({})],
    notes: [],
    ...given,
  };
}

function load(given: Partial<NonNullable<Scene["load"]>>): NonNullable<Scene["load"]> {
  const lastSecond = { failed: 0, releases: { "1.0": 212, "1.1": 88 } };
  return { answered: 4512, failed: 0, lastSecond, ...given };
}

/** The line of a run's only step. */
function lineOf(given: Partial<StepView>, width = 200): string {
  const [, line = ""] = draw({ run: run({ steps: [step(given)] }), now }, { width, colours: false });
  return line;
}

/** Of the bar of weights: how many characters each colour has, and the numbers at its ends. */
function barOf(blue: number, green: number) {
  const scene = { run: run({ weights: { blue, green } }), now };
  const line = draw(scene, { width: 100, colours: true }).find((text) => text.includes("weights")) ?? "";
  const blocks = (colour: number) =>
    (line.split(`\u001B[${colour}m`)[1] ?? "").split("\u001B")[0]?.length ?? 0;
  const figures = stripVTControlCharacters(line).match(/\d+/g)?.map(Number);
  return { colours: [blocks(34), blocks(32)], figures };
}
