import { expect } from "chai";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import { fakeHouse } from "../fakes/fakeHouse.ts";
import type { World } from "../fakes/fakeWorld.ts";

describe("smoke questions without turnout:releaseHeader", () => {
  /** Lets something happen between the wait for health and the questions. */
  async function deployed(happens: (world: World) => void = () => {}): Promise<Deployment> {
    const house = fakeHouse();
    const { world } = house;
    const { releaseHeader, ...deployment } = world.outputs.deployment;
    expect(releaseHeader).to.equal("x-release");
    world.outputs = { ...world.outputs, deployment };
    // The release says another name than its own, and nobody looks.
    world.behaviour.set("1.1", { answer: () => ({ headers: { "x-release": "0.9" } }) });
    world.onWrite = (write) => {
      if (write === "point test at green") happens(world);
    };
    const run = await house.deployed("1.1");
    expect(world.writes).to.include("point test at green");
    if (run.status !== "succeeded") expect(world.weights).to.deep.equal({ blue: 100, green: 0 });
    return run;
  }

  const smoke = ({ steps }: Deployment) => steps.find(({ name }) => name === "smoke");

  it("are right when all healthy targets are tasks of the staged release", async () => {
    const run = await deployed();
    expect(run.status).to.equal("succeeded");
    expect(smoke(run)?.evidence).to.equal(
      "1 of 1 right, from 3 healthy targets, all of the staged task definition",
    );
  });

  it("are wrong when one healthy target is another task", async () => {
    const run = await deployed(({ colours: { blue, green } }) =>
      green.tasks.push({
        arn: "arn:task/by-hand",
        status: "RUNNING",
        taskDefinition: blue.taskDefinition,
        address: "127.0.2.1",
      }),
    );
    expect(run.status).to.equal("rolled-back");
    expect(run.error?.code).to.equal("smoke");
    expect(run.error?.detail).to.equal(
      "1 of 4 healthy targets of green are not tasks of the staged release.",
    );
    expect(smoke(run)?.status).to.equal("failed");
  });

  it("are wrong when no target is healthy any more", async () => {
    const run = await deployed(({ behaviour }) => behaviour.set("1.1", { health: "unhealthy" }));
    expect(run.error?.detail).to.equal(
      "green has no healthy target, so nothing proves which release answers.",
    );
    expect(smoke(run)?.status).to.equal("failed");
  });
});
