import { expect } from "chai";
import type { DeploymentSettings } from "../../../infra/outputs.ts";
import { look } from "../../../service/deployments/snapshot.ts";
import { plan } from "../../../service/engines/engines.ts";
import type { Plan } from "../../../service/engines/plan.ts";
import { release, settings } from "../fakes/fakeStack.ts";
import { fakeWorld } from "../fakes/fakeWorld.ts";

async function planned(changed: Partial<DeploymentSettings>, isFirst = false): Promise<Plan> {
  const world = fakeWorld();
  if (isFirst) world.outputs = { ...world.outputs, record: { blue: null, green: null, recent: [] } };
  const at = { stack: "prod", outputs: world.outputs };
  const snapshot = await look(world, at, new AbortController().signal);
  const order = { kind: "deployment", stack: "prod", release: release("1.1"), snapshot } as const;
  return plan({ ...order, settings: { ...settings, ...changed } }, snapshot);
}

function titles({ steps }: Plan): readonly string[] {
  return steps.map(({ title }) => title);
}

function names({ steps }: Plan): readonly string[] {
  return steps.map(({ name }) => name);
}

/** The settings of a stack whose releases need no migration. */
const plain: DeploymentSettings = { ...settings };
Reflect.deleteProperty(plain, "migration");

describe("the blue/green engine", () => {
  it("reads like the sentence a person would say", async () => {
    expect(titles(await planned({}))).to.deep.equal([
      "check the image shop:1.1",
      "stage shop:1.1 on green",
      "wait until green is healthy",
      "ask green the smoke questions",
      "migrate the database: node migrate.mjs",
      "ask green and the live colour again",
      "shift all traffic to green",
      "watch green for 3 s",
    ]);
  });

  it("shows the point of no return before a migration that is not compatible", async () => {
    const migration = { command: ["migrate"], compatible: false };
    const list = names(await planned({ migration }));
    expect(list.indexOf("point-of-no-return")).to.equal(list.indexOf("migrate") - 1);
    expect(names(await planned({}))).not.to.include("point-of-no-return");
  });

  it("shifts a part first and watches it, as a canary", async () => {
    const list = names(await planned({ shift: "canary", shiftPercent: 5 }));
    expect(list.slice(-4)).to.deep.equal(["shift-5", "watch-5", "shift", "bake"]);
  });

  for (const [percent, parts] of [
    [50, [50]],
    [40, [40, 80]],
    [20, [20, 40, 60, 80]],
    [99, [99]],
  ] as const) {
    it(`shifts in equal parts of ${percent}%, and the rest with the last`, async () => {
      const list = names(await planned({ shift: "linear", shiftPercent: percent }));
      expect(list.filter((name) => name.startsWith("shift"))).to.deep.equal([
        ...parts.map((part) => `shift-${part}`),
        "shift",
      ]);
    });
  }

  it("gives a first release all traffic at once, and leaves nothing to rest", async () => {
    const first = await planned({ shift: "linear" }, true);
    expect(names(first).filter((name) => name.startsWith("shift"))).to.deep.equal(["shift"]);
    expect(first.then).to.equal(undefined);
  });

  it("leaves the old colour to rest after the undo window", async () => {
    expect((await planned({ undoWindow: 42 })).then).to.deep.equal({ rest: "blue", after: 42 });
  });

  it("has no step for a migration that nobody asked for", async () => {
    const world = fakeWorld();
    world.outputs = { ...world.outputs, deployment: plain };
    const snapshot = await look(
      world,
      { stack: "prod", outputs: world.outputs },
      new AbortController().signal,
    );
    const order = {
      kind: "deployment",
      stack: "prod",
      release: release("1.1"),
      settings: plain,
      snapshot,
    } as const;
    expect(names(plan(order, snapshot))).to.deep.equal([
      "check-image",
      "stage",
      "healthy",
      "smoke",
      "shift",
      "bake",
    ]);
  });

  it("names no step twice, so that each is recorded under its own name", async () => {
    const migration = { command: ["migrate"], compatible: false };
    const list = names(await planned({ shift: "linear", shiftPercent: 1, migration }));
    expect(new Set(list).size).to.equal(list.length);
  });
});
