import { expect } from "chai";
import { conduct } from "../../../service/deployments/conduct.ts";
import { deploy, type DeploymentRequest } from "../../../service/deployments/deploy.ts";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import { restIdle, warmIdle } from "../../../service/deployments/idle.ts";
import type { Step } from "../../../service/deployments/step.ts";
import { undo } from "../../../service/deployments/undo.ts";
import { plan } from "../../../service/engines/engines.ts";
import { Problem } from "../../../service/errors/problem.ts";
import type { Journal } from "../../../service/ports/runs.ts";
import { fakeWorld, type FakeColour, type World } from "../fakes/fakeWorld.ts";
import { createMemoryRuns } from "../fakes/memoryRuns.ts";

const signal = new AbortController().signal;

/** Where a step fails: before it did anything, or when it had done all of it. */
const moments = ["before", "after"] as const;

interface Failure {
  readonly step: string;
  readonly moment: (typeof moments)[number];
}

/** Each act is done again before it is recorded, as by a process that died in between. */
function twice(journal: Journal): Journal {
  return {
    ...journal,
    once: (name, act) =>
      journal.once(name, async () => {
        await act();
        return act();
      }),
    follow: async (run) => {
      await journal.follow(run);
      await journal.follow(run);
    },
  };
}

function broken(step: Step, failure: Failure | undefined): Step {
  if (step.name !== failure?.step) return step;
  return {
    ...step,
    run: async (at) => {
      if (failure.moment === "after") await step.run(at);
      throw new Problem("unexpected", { detail: `${step.name} fails here`, next: "Nothing." });
    },
  };
}

/** A house in which every act is done `times`; `fail` makes steps of the runs after it fail. */
function house(times: 1 | 2) {
  const world = fakeWorld();
  let failure: Failure | undefined;
  const runs = createMemoryRuns(
    (run, journal) =>
      conduct(run, times === 2 ? twice(journal) : journal, world, (order, snapshot) => {
        const { steps, ...rest } = plan(order, snapshot);
        return { ...rest, steps: steps.map((step) => broken(step, failure)) };
      }),
    world.clock,
  );
  const its = { ground: world, runs };
  const end = async (started: Promise<Deployment>) => runs.end((await started).id);
  return {
    world,
    runs,
    fail: (next: Failure | undefined) => (failure = next),
    deployed: (version: string, request?: Partial<DeploymentRequest>) =>
      end(deploy(its, { stack: "prod", image: `shop:${version}`, ...request }, { signal })),
    undone: () => end(undo(its, { stack: "prod" }, { signal })),
    rested: () => end(restIdle(its, "prod", signal)),
    warmed: () => end(warmIdle(its, "prod", signal)),
  };
}

type House = ReturnType<typeof house>;

const begins: readonly {
  readonly name: string;
  readonly prepare: (house: House) => Promise<unknown>;
  readonly begin: (house: House) => Promise<Deployment>;
  /** What becomes of it when a step fails. */
  readonly failed: Deployment["status"];
}[] = [
  {
    name: "the first deployment after the beginning",
    prepare: () => Promise.resolve(),
    begin: (at) => at.deployed("1.1", { shift: "linear", shiftPercent: 40 }),
    failed: "rolled-back",
  },
  {
    name: "a deployment over a release that waits for its undo",
    prepare: (at) => at.deployed("1.1"),
    begin: (at) => at.deployed("1.2", { shift: "canary" }),
    failed: "rolled-back",
  },
  {
    name: "an undo by a warm colour",
    prepare: (at) => at.deployed("1.1"),
    begin: (at) => at.undone(),
    failed: "stuck",
  },
  {
    name: "an undo from zero tasks",
    prepare: async (at) => {
      await at.deployed("1.1");
      await at.rested();
    },
    begin: (at) => at.undone(),
    failed: "stuck",
  },
  {
    name: "a deployment in place",
    prepare: () => Promise.resolve(),
    begin: (at) => at.deployed("1.1", { engine: "rolling" }),
    failed: "rolled-back",
  },
  {
    name: "an undo in place",
    prepare: (at) => at.deployed("1.1", { engine: "rolling" }),
    begin: (at) => at.undone(),
    failed: "stuck",
  },
  {
    name: "a rest",
    prepare: (at) => at.deployed("1.1"),
    begin: (at) => at.rested(),
    failed: "rolled-back",
  },
  {
    name: "a warming",
    prepare: async (at) => {
      await at.deployed("1.1");
      await at.rested();
    },
    begin: (at) => at.warmed(),
    failed: "rolled-back",
  },
];

async function play(what: (typeof begins)[number], times: 1 | 2, failure?: Failure) {
  const at = house(times);
  await what.prepare(at);
  const before = slate(at.world);
  const since = at.world.writes.length;
  at.fail(failure);
  const view = await what.begin(at);
  const writes = at.world.writes.slice(since);
  return { view, before, after: slate(at.world), writes };
}

type Slate = ReturnType<typeof slate>;

/** What of the stack is to be as before when a run was taken back. */
function slate(world: World) {
  const { blue, green } = world.colours;
  return { weights: world.weights, sticky: world.sticky, blue: side(blue), green: side(green) };
}

function side({ desired, release, suspended, tasks }: FakeColour) {
  const running = tasks.filter(({ end }) => !end).length;
  return { desired, running, release: release?.tag, suspended };
}

for (const what of begins) {
  describe(`${what.name}, every step and every undo of which is done twice`, () => {
    it("ends as when each is done once, and does once what can't be done again", async () => {
      const [once, again] = [await play(what, 1), await play(what, 2)];
      expect(again.view.error).to.equal(undefined);
      expect(again.view.status).to.equal("succeeded");
      expect(again.after).to.deep.equal(once.after);
      expect(onlyOnce(again.writes)).to.deep.equal(onlyOnce(once.writes));
    });

    it("leaves a clean slate, whichever step fails", async () => {
      const { view } = await play(what, 1);
      expect(view.steps).not.to.deep.equal([]);
      for (const { name: step } of view.steps) {
        for (const moment of moments) {
          const where = `${step} fails ${moment} its effect`;
          const [once, again] = [
            await play(what, 1, { step, moment }),
            await play(what, 2, { step, moment }),
          ];
          expect(again.view.error?.detail, where).to.equal(`${step} fails here`);
          expect(again.view.status, where).to.equal(what.failed);
          expect(again.view.undoErrors, where).to.equal(undefined);
          expect(again.after, where).to.deep.equal(once.after);
          expect(onlyOnce(again.writes), where).to.deep.equal(onlyOnce(once.writes));
          if (view.kind === "deployment") expectClean(again, where);
          else if (view.engine === "rolling")
            expect(again.after, where).to.deep.equal(inPlaceAfter(again.before, { step, moment }));
          else
            expect(again.after, where).to.deep.equal(slateAfter(view.kind, again.before, { step, moment }));
        }
      }
    });
  });
}

/** The live colour is as before; the other rests, with the release that it had. */
function expectClean({ before, after }: Awaited<ReturnType<typeof play>>, where: string): void {
  const [live, idle] =
    before.weights.blue === 100 ? (["blue", "green"] as const) : (["green", "blue"] as const);
  expect(after.weights, where).to.deep.equal(before.weights);
  expect(after.sticky, where).to.equal(before.sticky);
  const { suspended, ...load } = after[live];
  expect(load, where).to.deep.equal({ desired: 3, running: 3, release: before[live].release });
  const rests = after[idle].desired === 0;
  // Where it failed before the staging nothing was touched.
  if (!rests) expect(after, where).to.deep.equal(before);
  else expect(suspended, where).to.deep.equal({ in: false, out: false, scheduled: false });
  if (rests) expect(after[idle].suspended, where).to.deep.equal({ in: true, out: true, scheduled: true });
  if (before[idle].release) expect(after[idle].release, where).to.equal(before[idle].release);
}

/**
 * What an undo, a rest or a warming leaves when a step of it fails: before it moved the traffic or let a colour rest,
 * all as it was. Neither of the two is taken back: a colour that is to rest may, and the traffic stays where it was wanted.
 */
function slateAfter(kind: Deployment["kind"], before: Slate, { step, moment }: Failure): Slate {
  const hasMoved = kind === "undo" && (step === "rest" || (step === "shift" && moment === "after"));
  const hasRested = step === "tidy" || (step === "rest" && moment === "after");
  if (!hasMoved && !hasRested) return before;
  const onGuard = { in: true, out: false, scheduled: false };
  const free = { in: false, out: false, scheduled: false };
  const standing = (colour: "blue" | "green") => ({
    desired: 3,
    running: 3,
    release: before[colour].release,
    // The undone colour keeps its tasks until it rests, and as long as that neither shrinks.
    suspended: hasRested ? free : onGuard,
  });
  const resting = (colour: "blue" | "green") => ({
    ...{ desired: 0, running: 0, release: before[colour].release },
    suspended: { in: true, out: true, scheduled: true },
  });
  // Green was live before each of them, with blue's release to go back to.
  if (kind === "undo") {
    const green = hasRested ? resting("green") : standing("green");
    return { weights: { blue: 100, green: 0 }, sticky: null, blue: standing("blue"), green };
  }
  return { weights: { blue: 0, green: 100 }, sticky: null, blue: resting("blue"), green: standing("green") };
}

/** What an undo in place leaves when a step of it fails: the former release as soon as ECS was told, and nothing moved. */
function inPlaceAfter(before: Slate, { step, moment }: Failure): Slate {
  const isTold = step !== "go-back" || moment === "after";
  return isTold ? { ...before, blue: { ...before.blue, release: "shop:1.0" } } : before;
}

function onlyOnce(writes: readonly string[]): readonly string[] {
  return writes.filter((write) => /^(shift|place|run|register|replace)/.test(write));
}
