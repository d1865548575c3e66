import { expect } from "chai";
import { containerDefinitions } from "../../infra/taskDefinition.ts";
import { release } from "./release.ts";

const placing = {
  release,
  colour: "green",
  containerName: "shop",
  logGroup: "/turnout/shop-test/green",
  region: "eu-central-1",
} as const;

describe("container definitions", () => {
  it("run the pinned image with its settings, and tell it colour and release", () => {
    const [own] = JSON.parse(containerDefinitions(placing)) as Record<string, unknown>[];
    expect(own).to.deep.include({
      name: "shop",
      image: release.image,
      command: ["node", "server.mjs"],
      stopTimeout: 30,
      secrets: [{ name: "DATABASE_URL", valueFrom: release.secrets["DATABASE_URL"] }],
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
    });
    expect(own?.["environment"]).to.deep.equal([
      { name: "A", value: "b" },
      { name: "TURNOUT_COLOUR", value: "green" },
      { name: "TURNOUT_RELEASE", value: "shop:1.0" },
    ]);
  });

  it("log to the colour's own group, in streams by release", () => {
    for (const container of JSON.parse(containerDefinitions(placing)) as { logConfiguration: object }[])
      expect(container.logConfiguration).to.deep.equal({
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/turnout/shop-test/green",
          "awslogs-region": "eu-central-1",
          "awslogs-stream-prefix": "1.0",
        },
      });
  });

  it("are the same text whatever the order of variables", () => {
    const two = { ...release, environment: { A: "1", B: "2" } };
    const turned = { ...release, environment: { B: "2", A: "1" } };
    expect(containerDefinitions({ ...placing, release: two })).to.equal(
      containerDefinitions({ ...placing, release: turned }),
    );
  });

  it("put sidecars behind the service's own container", () => {
    const containers = JSON.parse(containerDefinitions(placing)) as { name: string; essential: boolean }[];
    expect(containers.map(({ name, essential }) => [name, essential])).to.deep.equal([
      ["shop", true],
      ["proxy", false],
    ]);
  });
});
