import { expect } from "chai";
import { containerDefinitions } from "../../../../rehearsal/provider/types/ecs/containerDefinitions.ts";

const own = {
  name: "shop",
  image: "shop:1",
  portMappings: [{ containerPort: 8080 }],
  environment: [
    { name: "B", value: "" },
    { name: "A", value: "1" },
  ],
};

const asAnswered = {
  ...own,
  ...{ cpu: 0, essential: true, mountPoints: [], volumesFrom: [], systemControls: [] },
  portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
  environment: own.environment.toReversed(),
};

function differs(wanted: object, actual: object): boolean {
  const [a, b] = [JSON.stringify([wanted]), JSON.stringify([actual])];
  return containerDefinitions.differences(a, b, "containerDefinitions").length > 0;
}

describe("container definitions", () => {
  it("are the same with what ECS fills in, in ECS's order", () => {
    expect(differs(own, asAnswered)).to.be.false;
  });

  it("know the defaults of a health check", () => {
    const command = ["CMD", "true"];
    const answered = { command, interval: 30, timeout: 5, retries: 3 };
    expect(differs({ ...own, healthCheck: { command } }, { ...asAnswered, healthCheck: answered })).to.be
      .false;
  });

  for (const [what, change] of Object.entries({
    "another image": { image: "shop:2" },
    "another value": { environment: [{ name: "A", value: "2" }] },
    "no value any more": { environment: [{ name: "A", value: "1" }] },
    "another port": { portMappings: [{ containerPort: 8081 }] },
    "a container that is not essential": { essential: false },
    "a command": { command: ["node"] },
  }))
    it(`differ by ${what}`, () => {
      expect(differs({ ...own, ...change }, asAnswered)).to.be.true;
    });

  it("are the same in another order of containers", () => {
    const other = { name: "proxy", image: "proxy:1" };
    const [a, b] = [JSON.stringify([own, other]), JSON.stringify([other, own])];
    expect(containerDefinitions.differences(a, b, "c")).to.be.empty;
  });
});
