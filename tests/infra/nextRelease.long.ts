import { expect } from "chai";
import { sections } from "../../infra/configurationKeys.ts";
import type { Release } from "../../infra/release.ts";
import { around } from "./around.ts";
import { type Engine, plain, signal, stack, startEngine } from "./engine.ts";
import { changes } from "./nextRelease.ts";
import { done, outputsOf, registryUrn } from "./results.ts";
import { world } from "./world.ts";

/** With spot a release's capacity goes into the service itself, so every key may be tried. */
const withSpot = { ...plain, "turnout:spot": true };

describe("the next release's keys on a stack with spot", function () {
  this.timeout(300_000);
  let engine: Engine;
  let release: Release;
  /** What runs on each colour and how, and the weights. */
  const standing = async () => world(engine, await engine.stacks.outputs(stack, signal));

  before(async () => {
    engine = await startEngine();
    expect((await engine.up(withSpot, { targets: [registryUrn] })).kind).to.equal("done");
    await engine.push("1.0");
    const { record } = outputsOf(await engine.up(withSpot));
    if (!record.blue) throw new Error("blue got no release");
    release = { ...record.blue.release, tag: "shop:1.1" };
    await engine.stacks.place(stack, { colour: "green", release }, signal);
  });
  after(() => engine.close());

  it("are all tried here", () => {
    const keys = Object.keys(sections["The next release"]).map((key) => `turnout:${key}`);
    // The first release's image stands in another section of the documentation.
    expect(Object.keys(changes)).to.have.members([...keys, "turnout:image"]);
  });

  for (const [key, value] of Object.entries(changes))
    it(`change no colour: ${key}`, async () => {
      const { steps } = done(await engine.preview({ ...withSpot, [key]: value }));
      expect(steps).to.not.be.empty;
      expect(steps.filter(({ op }) => op !== "same" && op !== "read")).to.be.empty;
    });

  it("change no colour when all are applied, and are the next release's", async () => {
    const before = await standing();
    expect([before.blue.capacity, before.green.capacity]).to.deep.equal(["FARGATE", "FARGATE"]);
    engine.provider.forget();
    const { next } = outputsOf(await engine.up({ ...withSpot, ...changes }));
    expect(engine.provider.writes).to.be.empty;
    expect(await standing()).to.deep.equal(before);
    expect(next).to.include({ port: 9090, healthPath: "/other", stopTimeout: 20, capacity: "FARGATE_SPOT" });
  });

  it("leave a colour on the capacity that its own release has", async () => {
    const spot: Release = { ...release, capacity: "FARGATE_SPOT" };
    await engine.stacks.place(stack, { colour: "green", release: spot }, signal);
    const before = await standing();
    expect([before.blue.capacity, before.green.capacity]).to.deep.equal(["FARGATE", "FARGATE_SPOT"]);
    engine.provider.forget();
    for (const capacity of ["FARGATE", "FARGATE_SPOT"])
      outputsOf(await engine.up({ ...withSpot, "turnout:capacity": capacity }));
    expect(engine.provider.writes).to.be.empty;
    expect(await standing()).to.deep.equal(before);
    expect(await engine.stacks.drift(stack, signal)).to.be.empty;
  });

  it("start no task anew together with all others, and health grace is the next release's, too", async () => {
    const before = await standing();
    engine.provider.forget();
    outputsOf(await engine.up({ ...withSpot, ...around }));
    expect(engine.provider.writes.map(({ urn }) => urn.split("::").at(-1))).to.include.members([
      "blue",
      "green",
      "load-balancer",
    ]);
    expect(await standing()).to.deep.equal(before);

    await engine.stacks.place(stack, { colour: "green", release }, signal);
    const placed = await standing();
    expect(placed.blue).to.deep.equal(before.blue);
    expect(placed.green).to.include({ capacity: "FARGATE", healthGrace: around["turnout:healthGrace"] });
    expect(await engine.stacks.drift(stack, signal)).to.be.empty;
  });
});
