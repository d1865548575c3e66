import { ECSClient, ListTasksCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { createOneOffs } from "../../../../service/adapters/aws/oneOffs.ts";
import { outputs } from "../../fakes/fakeStack.ts";
import { refusal } from "../../fakes/refusal.ts";

const { signal } = new AbortController();
const order = {
  colour: "green",
  taskDefinition: "arn:task-definition/shop-green:2",
  command: ["node", "migrate.mjs"],
  startedBy: "0f0e2d4c-6a3a-4b0a-9d54-0f5b6f1f6f11",
  token: "0f0e2d4c-6a3a-4b0a-9d54-0f5b6f1f6f11-migrate",
} as const;

/** ECS's answers by command, and what it was asked. */
function fakeEcs(answers: { readonly list?: readonly string[]; readonly run?: object }) {
  const listed: ListTasksCommand["input"][] = [];
  const started: RunTaskCommand["input"][] = [];
  const ecs = new ECSClient({ region: "eu-central-1" });
  ecs.send = (command: unknown) => {
    if (command instanceof ListTasksCommand) {
      listed.push(command.input);
      return Promise.resolve({ taskArns: answers.list ?? [] });
    }
    if (!(command instanceof RunTaskCommand)) throw new Error("nothing else is asked here");
    started.push(command.input);
    return Promise.resolve(answers.run ?? { tasks: [{ taskArn: "arn:task/1" }] });
  };
  return { ecs, listed, started };
}

describe("the migration's task, as ECS is told to run it", () => {
  for (const [assignPublicIp, word] of [
    [false, "DISABLED"],
    [true, "ENABLED"],
  ] as const) {
    it(`stands in the service's own subnets and security groups, with a public address ${word}`, async () => {
      const network = { subnets: ["subnet-1", "subnet-2"], securityGroups: ["sg-1", "sg-2"], assignPublicIp };
      const stack = outputs(network);
      const { ecs, started } = fakeEcs({});
      expect(await createOneOffs(ecs, stack).run(order, signal)).to.equal("arn:task/1");
      expect(started).to.deep.equal([
        {
          cluster: stack.cluster,
          taskDefinition: order.taskDefinition,
          launchType: "FARGATE",
          count: 1,
          startedBy: order.startedBy,
          clientToken: order.token,
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: ["subnet-1", "subnet-2"],
              securityGroups: ["sg-1", "sg-2"],
              assignPublicIp: word,
            },
          },
          overrides: { containerOverrides: [{ name: "shop", command: ["node", "migrate.mjs"] }] },
        },
      ]);
    });
  }

  it("is the one that the same run started before, also where it has stopped", async () => {
    const { ecs, listed, started } = fakeEcs({ list: ["arn:task/before"] });
    expect(await createOneOffs(ecs, outputs()).run(order, signal)).to.equal("arn:task/before");
    expect(started).to.deep.equal([]);
    expect(listed.map(({ startedBy, desiredStatus }) => ({ startedBy, desiredStatus }))).to.deep.equal([
      { startedBy: order.startedBy, desiredStatus: "RUNNING" },
      { startedBy: order.startedBy, desiredStatus: "STOPPED" },
    ]);
  });

  it("fails with ECS's own reason where it can't start", async () => {
    const { ecs } = fakeEcs({ run: { tasks: [], failures: [{ reason: "RESOURCE:ENI" }] } });
    expect((await refusal(createOneOffs(ecs, outputs()).run(order, signal))).message).to.equal(
      "ECS did not start the task: RESOURCE:ENI.",
    );
  });
});
