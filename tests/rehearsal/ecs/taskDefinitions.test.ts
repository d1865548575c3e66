import type { RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { clockAt } from "../../../rehearsal/cloud/clock.ts";
import { taskDefinitionOperations } from "../../../rehearsal/cloud/ecs/taskDefinitionOperations.ts";
import { TaskDefinitions } from "../../../rehearsal/cloud/ecs/taskDefinitions.ts";
import { refusal } from "../refusal.ts";
import { container, role } from "./rehearsedEcs.ts";

describe("ECS task definitions", () => {
  const identity = { account: "123456789012", region: "eu-central-1" };
  let ecs: ReturnType<typeof taskDefinitionOperations>;
  beforeEach(() => {
    const ground = { identity, clock: clockAt(1), network: "127.0.0", folder: "" };
    ecs = taskDefinitionOperations(new TaskDefinitions(identity), ground);
  });

  const request: RegisterTaskDefinitionRequest = {
    ...{ family: "shop", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
    ...{ cpu: "256", memory: "512", executionRoleArn: role, containerDefinitions: [container()] },
  };
  const arn = (name: string) => `arn:aws:ecs:eu-central-1:123456789012:task-definition/${name}`;

  it("are revisions of a family, with ECS's defaults filled in", async () => {
    await ecs.RegisterTaskDefinition(request);
    const { taskDefinition, tags } = await ecs.RegisterTaskDefinition({
      ...{ ...request, cpu: ".5 vCPU", memory: "1 GB", tags: [{ key: "turnout:release", value: "abc" }] },
    });
    expect(taskDefinition).to.include({ taskDefinitionArn: arn("shop:2"), revision: 2, status: "ACTIVE" });
    expect(taskDefinition).to.include({ cpu: "512", memory: "1024" });
    expect(taskDefinition?.compatibilities).to.deep.equal(["EC2", "FARGATE"]);
    expect(taskDefinition?.containerDefinitions?.[0]).to.deep.include({
      ...{ essential: true, cpu: 0, environment: [], mountPoints: [], volumesFrom: [] },
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
    });
    expect(tags).to.deep.equal([{ key: "turnout:release", value: "abc" }]);
  });

  it("are found by ARN, by family and revision, and by family the newest that is ACTIVE", async () => {
    for (let revision = 1; revision <= 3; revision += 1) await ecs.RegisterTaskDefinition(request);
    await ecs.DeregisterTaskDefinition({ taskDefinition: "shop:3" });
    const revision = async (taskDefinition: string) =>
      (await ecs.DescribeTaskDefinition({ taskDefinition })).taskDefinition?.revision;
    expect(await revision(arn("shop:1"))).to.equal(1);
    expect(await revision("shop:3")).to.equal(3);
    expect(await revision("shop")).to.equal(2);
    for (const name of ["shop:4", "other", arn("shop:1").replace("123456789012", "210987654321")]) {
      const refused = await refusal(ecs.DescribeTaskDefinition({ taskDefinition: name }));
      expect([refused.code, refused.message]).to.deep.equal([
        "ClientException",
        "Unable to describe task definition.",
      ]);
    }
  });

  it("show their tags only when asked", async () => {
    await ecs.RegisterTaskDefinition({ ...request, tags: [{ key: "a", value: "b" }] });
    expect((await ecs.DescribeTaskDefinition({ taskDefinition: "shop" })).tags).to.equal(undefined);
    const asked = await ecs.DescribeTaskDefinition({ taskDefinition: "shop", include: ["TAGS"] });
    expect(asked.tags).to.deep.equal([{ key: "a", value: "b" }]);
  });

  it("become INACTIVE once, and are deleted only then", async () => {
    await ecs.RegisterTaskDefinition(request);
    const early = await ecs.DeleteTaskDefinitions({ taskDefinitions: ["shop:1"] });
    expect(early.failures?.[0]?.reason).to.match(/still in ACTIVE status/);
    const { taskDefinition } = await ecs.DeregisterTaskDefinition({ taskDefinition: "shop:1" });
    expect(taskDefinition?.status).to.equal("INACTIVE");
    expect(taskDefinition?.deregisteredAt).to.be.instanceOf(Date);
    expect((await refusal(ecs.DeregisterTaskDefinition({ taskDefinition: "shop:1" }))).message).to.match(
      /is inactive/,
    );
    const deleted = await ecs.DeleteTaskDefinitions({ taskDefinitions: ["shop:1"] });
    expect(deleted.taskDefinitions?.[0]?.status).to.equal("DELETE_IN_PROGRESS");
  });

  it("are listed by family and status, in order, in pages", async () => {
    for (const family of ["shop", "other", "shop", "shop-2", "shop"])
      await ecs.RegisterTaskDefinition({ ...request, family });
    await ecs.DeregisterTaskDefinition({ taskDefinition: "shop:2" });
    const all = await ecs.ListTaskDefinitions({});
    expect(all.taskDefinitionArns).to.deep.equal([
      arn("other:1"),
      arn("shop:1"),
      arn("shop:3"),
      arn("shop-2:1"),
    ]);
    const newest = await ecs.ListTaskDefinitions({ familyPrefix: "shop", sort: "DESC", maxResults: 1 });
    expect(newest.taskDefinitionArns).to.deep.equal([arn("shop:3")]);
    const { nextToken } = newest;
    const rest = await ecs.ListTaskDefinitions({
      familyPrefix: "shop",
      sort: "DESC",
      maxResults: 1,
      nextToken,
    });
    expect(rest).to.deep.include({ taskDefinitionArns: [arn("shop:1")], nextToken: undefined });
    const inactive = await ecs.ListTaskDefinitions({ familyPrefix: "shop", status: "INACTIVE" });
    expect(inactive.taskDefinitionArns).to.deep.equal([arn("shop:2")]);
  });

  const refused: readonly [string, Partial<RegisterTaskDefinitionRequest>, RegExp][] = [
    ["no family", { family: "" }, /Family should not be null or empty/],
    ["no containers", { containerDefinitions: [] }, /Container definitions should not be empty/],
    [
      "a container without a name",
      { containerDefinitions: [{ image: "a" }] },
      /Container\.name should not be null/,
    ],
    [
      "a container without an image",
      { containerDefinitions: [{ name: "a" }] },
      /Container\.image should not be null/,
    ],
    [
      "a size that Fargate does not have",
      { memory: "256" },
      /No Fargate configuration exists for given values: 256 CPU, 256 memory/,
    ],
    ["no cpu", { cpu: undefined }, /requires that 'cpu' be defined/],
    ["bridge mode on Fargate", { networkMode: "bridge" }, /only supports network mode/],
    [
      "a host port of its own in awsvpc mode",
      { containerDefinitions: [container({ portMappings: [{ containerPort: 80, hostPort: 81 }] })] },
      /host ports and container ports in port mappings must match/,
    ],
    [
      "secrets without an execution role",
      {
        ...{ executionRoleArn: undefined },
        containerDefinitions: [{ name: "a", image: "a", secrets: [{ name: "A", valueFrom: "arn" }] }],
      },
      /you must also specify a value for 'executionRoleArn'/,
    ],
    [
      "logs without an execution role",
      { executionRoleArn: undefined, containerDefinitions: [{ ...container(), image: "a" }] },
      /to support log driver awslogs/,
    ],
    [
      "no essential container",
      { containerDefinitions: [container({ essential: false })] },
      /At least one container in the task must be essential/,
    ],
    ["a name twice", { containerDefinitions: [container(), container()] }, /must be unique/],
    [
      "a stopTimeout of three minutes",
      { containerDefinitions: [container({ stopTimeout: 180 })] },
      /0 to 120 seconds/,
    ],
  ];
  for (const [what, wrong, message] of refused)
    it(`are refused with ${what}`, async () => {
      const error = await refusal(ecs.RegisterTaskDefinition({ ...request, ...wrong }));
      expect(error.code).to.equal("ClientException");
      expect(error.message).to.match(message);
    });

  it("are refused with what the rehearsal does not do", async () => {
    const error = await refusal(
      ecs.RegisterTaskDefinition({
        ...request,
        containerDefinitions: [container({ dependsOn: [{ containerName: "web", condition: "START" }] })],
      }),
    );
    expect(error.code).to.equal("UnsupportedFeatureException");
    expect(error.message).to.match(/dependsOn of a container \(web\)/);
  });
});
