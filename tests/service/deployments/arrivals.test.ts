import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { deploy } from "../../../service/deployments/deploy.ts";
import { undo } from "../../../service/deployments/undo.ts";
import type { OnBusy } from "../../../service/ports/runs.ts";
import { fakeHouse, type FakeHouse } from "../fakes/fakeHouse.ts";
import { refusal } from "../fakes/refusal.ts";

const given = { signal: new AbortController().signal };

describe("a deployment that comes while another one is at work", () => {
  /** What `act` answers, called in the first deployment's shift. */
  async function meanwhile<T>(
    house: FakeHouse,
    act: () => Promise<T>,
  ): Promise<{ first: string; answer: T }> {
    let answer: Promise<T> | undefined;
    house.world.onWrite = async (write) => {
      if (write === "shift blue 0 green 100") await (answer ??= act());
    };
    const first = await house.deployed("1.1");
    house.world.onWrite = () => {};
    if (!answer) throw new Error("the first deployment moved no traffic");
    return { first: first.id, answer: await answer };
  }

  const post = (house: FakeHouse, version: string, onBusy?: OnBusy) =>
    deploy(house, { stack: "prod", image: `shop:${version}`, ...(onBusy ? { onBusy } : {}) }, given);

  it("is refused, with the address of the one at work", async () => {
    const house = fakeHouse();
    const { first, answer } = await meanwhile(house, () => refusal(post(house, "1.2")));
    expect(answer.code).to.equal("busy");
    expect(answer.next).to.contain(`GET /deployments/${first}`);
  });

  it("waits when told so, and is planned for what it finds at its turn", async () => {
    const house = fakeHouse();
    const { first, answer } = await meanwhile(house, () => post(house, "1.2", "queue"));
    expect(answer).to.include({ status: "queued" });
    expect(answer.notes.join()).to.contain(first);
    const second = await house.runs.end(answer.id);
    expect(second).to.include({ status: "succeeded", colour: "blue" });
    expect(second.from).to.deep.equal({ colour: "green", image: "shop:1.1" });
    expect(house.world.weights).to.deep.equal({ blue: 100, green: 0 });
  });

  it("looks again when the one before it was still taking itself back while it looked", async () => {
    const house = fakeHouse();
    const { world, runs } = house;
    await house.deployed("1.1");
    // Bad ones: each is taken back after customers' answers were wrong.
    for (const version of ["1.2", "1.3"]) {
      world.images.add(version);
      world.behaviour.set(version, { answer: (to) => (to === "production" ? { status: 502 } : {}) });
    }
    const first = await post(house, "1.2");
    const outputs = world.stacks.outputs.bind(world.stacks);
    const slow = {
      ...world.stacks,
      outputs: async (...asked: Parameters<typeof outputs>) => {
        while (world.outputs.record.blue?.release.tag !== "shop:1.2") await setImmediate();
        const old = await outputs(...asked);
        await runs.end(first.id);
        return old;
      },
    };
    const ground = { stacks: slow, cloud: world.cloud.bind(world), clock: world.clock };
    const second = await deploy(
      { ground, runs },
      { stack: "prod", image: "shop:1.3", onBusy: "queue" },
      given,
    );
    expect((await runs.end(second.id)).status).to.equal("rolled-back");
    expect(world.outputs.record.blue?.release.tag).to.equal("shop:1.0");
    expect((await house.undone()).status).to.equal("succeeded");
  });

  it("ends without touching anything when what it would deploy is live by then", async () => {
    const house = fakeHouse();
    const { answer } = await meanwhile(house, () => post(house, "1.1", "queue"));
    const before = house.world.writes.length;
    const second = await house.runs.end(answer.id);
    expect(second).to.include({ status: "rolled-back" });
    expect(second.error?.code).to.equal("already-live");
    expect(house.world.writes).to.have.length(before);
  });

  it("ends those that wait when it supersedes", async () => {
    const house = fakeHouse();
    const { answer } = await meanwhile(house, async () => [
      await post(house, "1.2", "queue"),
      await post(house, "1.0", "supersede"),
    ]);
    const ends = await Promise.all(answer.map(({ id }) => house.runs.end(id)));
    expect(ends.map(({ status }) => status)).to.deep.equal(["superseded", "succeeded"]);
    expect(house.world.writes.join()).not.to.contain("place shop:1.2");
  });

  it("ends, too, when an undo comes: nobody wants traffic moved any more", async () => {
    const house = fakeHouse();
    const { first, answer } = await meanwhile(house, async () => {
      const waiting = await post(house, "1.2", "queue");
      await undo(house, { stack: "prod" }, given);
      return waiting;
    });
    expect((await house.runs.get(first))?.status).to.equal("rolled-back");
    expect((await house.runs.end(answer.id)).status).to.equal("superseded");
    expect(house.world.weights).to.deep.equal({ blue: 100, green: 0 });
  });

  it("moves nothing forward once an undo was answered, also from inside the shift's call", async () => {
    const house = fakeHouse();
    let told = false;
    house.world.onWrite = async (write) => {
      if (write !== "point test at green" || told) return;
      told = true;
      await undo(house, { stack: "prod" }, given);
    };
    expect((await house.deployed("1.1")).status).to.equal("rolled-back");
    expect(house.world.writes.filter((write) => write.startsWith("shift"))).to.deep.equal([]);
  });
});
