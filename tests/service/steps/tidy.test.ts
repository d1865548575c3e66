import { expect } from "chai";
import { fakeHouse, type FakeHouse } from "../fakes/fakeHouse.ts";
import { release } from "../fakes/fakeStack.ts";

const arn = (name: string) => `arn:aws:ecs:eu-central-1:123456789012:task-definition/${name}`;

describe("task definitions that nothing names", () => {
  async function rested({ world, runs, deployed }: FakeHouse) {
    const { id } = await deployed("1.1");
    world.writes.splice(0);
    runs.due(`${id}-rest`);
    return runs.end(`${id}-rest`);
  }

  it("are deregistered by the rest, and those in use are not", async () => {
    const house = fakeHouse();
    const { world } = house;
    world.active.add(arn("shop-blue:1")).add(arn("shop-green:77"));
    const { recent } = world.outputs.record;
    const kept = { release: world.outputs.record.blue?.release, taskDefinition: arn("shop-blue:5") };
    world.outputs = {
      ...world.outputs,
      record: { ...world.outputs.record, recent: [...recent, kept as (typeof recent)[number]] },
    };
    world.active.add(kept.taskDefinition);
    const rest = await rested(house);
    expect(world.writes.filter((write) => write.startsWith("deregister"))).to.deep.equal([
      "deregister shop-green:77",
    ]);
    expect(rest.steps.at(-1)?.evidence).to.contain("1 of 4 task definitions deregistered: shop-green:77");
  });

  it("stay, and their images, while a colour may go back to them", async () => {
    const house = fakeHouse();
    const { world } = house;
    const replaced = { release: release("0.9"), taskDefinition: arn("shop-blue:76") };
    const { blue } = world.outputs.record;
    if (!blue) throw new Error("blue has no release");
    world.outputs = { ...world.outputs, record: { ...world.outputs.record, blue: { ...blue, replaced } } };
    world.active.add(replaced.taskDefinition);
    await rested(house);
    expect(world.active).to.include(replaced.taskDefinition);
    expect(world.kept).to.include(replaced.release.image);
  });

  it("have images that need not be kept any more, while the record's own are", async () => {
    const house = fakeHouse();
    const { world } = house;
    const [old, live] = [release("0.9").image, release("1.0").image];
    world.kept.add(old);
    const rest = await rested(house);
    expect([...world.kept]).to.have.members([live, release("1.1").image]);
    expect(rest.steps.at(-1)?.evidence).to.contain("1 images need not be kept any more");
  });

  it("stay while a task of theirs runs, whoever started it", async () => {
    const house = fakeHouse();
    house.world.active.add(arn("shop-green:77"));
    house.world.onWrite = (write) => {
      if (write !== "shift blue 0 green 100") return;
      const task = { arn: "arn:task/by-hand", status: "RUNNING", taskDefinition: arn("shop-green:77") };
      house.world.colours.green.tasks.push(task);
    };
    await rested(house);
    expect(house.world.active).to.include(arn("shop-green:77"));
  });

  it("can wait: a rest does not fail because of them", async () => {
    const house = fakeHouse();
    house.world.active.add(arn("shop-green:77"));
    house.world.onWrite = (write) => {
      if (write.startsWith("deregister")) throw new Error("ThrottlingException");
    };
    const rest = await rested(house);
    expect(rest.status).to.equal("succeeded");
    expect(rest.steps.at(-1)?.evidence).to.equal("left for the next time: ThrottlingException");
  });
});
