import { expect } from "chai";
import { around } from "./around.ts";
import { type Engine, plain, signal, stack, startEngine } from "./engine.ts";
import { outputsOf, serve } from "./results.ts";
import { moveOn, world } from "./world.ts";

describe("a plain up that fails at each resource that it writes, on a stack that somebody moved on", function () {
  this.timeout(600_000);
  let engine: Engine;
  /** All that a plain up writes, one URN of each kind that is equal: alarms, rules of a security group. Of a colour's own all. */
  let urns: readonly string[];

  /** What runs, and all that is not Pulumi's. */
  const standing = async () => world(engine, await engine.stacks.outputs(stack, signal));

  before(async () => {
    engine = await startEngine();
    const release = await serve(engine);
    const { outputs } = await engine.stacks.place(stack, { colour: "green", release }, signal);
    await moveOn(engine, outputs);
    engine.provider.forget();
    for (const configuration of [{ ...plain, ...around }, plain]) outputsOf(await engine.up(configuration));
    const kind = (urn: string) => (urn.includes("Track$") ? urn : (urn.split("::")[2] ?? urn));
    urns = [...new Map(engine.provider.writes.map(({ urn }) => [kind(urn), urn])).values()];
  });
  after(() => engine.close());

  it("moves no weight, task definition or count, and neither does the plain up after it", async () => {
    const was = await standing();
    expect(urns).to.have.length.of.at.least(10);
    for (const urn of urns) {
      if (urn.endsWith("::green")) await engine.refresh();
      engine.provider.refuse(urn);
      const result = await engine.up({ ...plain, ...around });
      engine.provider.refuse(undefined);
      expect(result.kind === "failed" && result.failed?.urn).to.equal(urn);
      expect(await standing(), urn).to.deep.equal(was);
      outputsOf(await engine.up(plain));
      expect(await standing(), urn).to.deep.equal(was);
    }
    expect(await engine.stacks.drift(stack, signal)).to.be.empty;
  });
});
