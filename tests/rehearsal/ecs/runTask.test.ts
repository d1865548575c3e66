import type { RunTaskRequest, Task } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { clockAt } from "../../../rehearsal/cloud/clock.ts";
import { eventually } from "../eventually.ts";
import { refusal } from "../refusal.ts";
import {
  addressOf,
  container,
  images,
  network,
  rehearsedEcs,
  type RehearsedEcs,
  script,
} from "./rehearsedEcs.ts";

describe("ECS tasks", function () {
  this.timeout(15_000);
  let at: RehearsedEcs;
  before(async () => (at = await rehearsedEcs()));
  after(() => at.close());

  const run = async (more: Partial<RunTaskRequest> = {}): Promise<Task> => {
    const { tasks } = await at.ecs.RunTask({
      ...{ cluster: "main", taskDefinition: "shop", launchType: "FARGATE", networkConfiguration: network },
      ...more,
    });
    return tasks?.[0] ?? {};
  };
  const look = async ({ taskArn = "" }: Task): Promise<Task> =>
    (await at.ecs.DescribeTasks({ cluster: "main", tasks: [taskArn] })).tasks?.[0] ?? {};
  const until = async (task: Task, status: string): Promise<Task> => {
    await eventually(async () => expect((await look(task)).lastStatus).to.equal(status), 10_000);
    return look(task);
  };
  const end = async (task: Task): Promise<Task> => {
    await at.ecs.StopTask({ cluster: "main", task: task.taskArn });
    return until(task, "STOPPED");
  };
  const override = (command: string[]) => ({ containerOverrides: [{ name: "web", command }] });

  it("serve on an address of their own, with the definition's environment and secrets over the image's", async () => {
    const { ARN = "" } = await at.secretsmanager.CreateSecret({
      ...{ Name: "shop", SecretString: JSON.stringify({ password: "s3cret" }) },
    });
    await at.register({
      environment: [{ name: "COLOUR", value: "blue" }],
      secrets: [
        { name: "ALL", valueFrom: ARN },
        { name: "PASSWORD", valueFrom: `${ARN}:password::` },
      ],
    });
    const started = await run({
      overrides: { containerOverrides: [{ name: "web", environment: [{ name: "FROM", value: "run" }] }] },
    });
    expect(started.lastStatus).to.equal("PROVISIONING");
    const task = await until(started, "RUNNING");
    const address = addressOf(task);
    expect(address).to.match(/^127\.250\.\d+\.\d+$/);
    await eventually(async () => {
      const answer = (await (await fetch(`http://${address}:8080`)).json()) as Record<string, string>;
      expect(answer).to.include({ HOST: address, COLOUR: "blue", PORT: "8080", FROM: "run" });
      expect(answer).to.include({ PASSWORD: "s3cret", ALL: '{"password":"s3cret"}' });
    });
    expect(task.containers?.[0]).to.include({ name: "web", imageDigest: `sha256:${"1".repeat(64)}` });
    expect(task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address).to.equal(address);

    const ended = await end(task);
    expect(ended).to.include({ stopCode: "UserInitiated", stoppedReason: "Task stopped by user" });
    expect(ended.containers?.[0]?.exitCode).to.equal(0);
    expect(await at.lines(ended)).to.deep.equal([`listens on ${address}:8080`, "got SIGTERM"]);
  });

  it("run another command, and tell its exit code and output", async () => {
    await at.register();
    const task = await run({
      overrides: override(
        script("console.log('migrating'); console.error('column exists'); process.exit(3)"),
      ),
      startedBy: "deployment/1",
    });
    const ended = await until(task, "STOPPED");
    expect(ended).to.include({
      ...{ stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" },
      ...{ startedBy: "deployment/1", group: "family:shop", desiredStatus: "STOPPED" },
    });
    expect(ended.containers?.[0]?.exitCode).to.equal(3);
    expect(await at.lines(ended)).to.have.members(["migrating", "column exists"]);
    const listed = await at.ecs.ListTasks({
      ...{ cluster: "main", startedBy: "deployment/1" },
      desiredStatus: "STOPPED",
    });
    expect(listed.taskArns).to.deep.equal([task.taskArn]);
  });

  it("are started once for one client token", async () => {
    await at.register();
    const request = { clientToken: "once", overrides: override(script("0")) };
    const [first, again] = [await run(request), await run(request)];
    expect(again.taskArn).to.equal(first.taskArn);
    expect((await refusal(run({ ...request, count: 2 }))).code).to.equal("ConflictException");
    await until(first, "STOPPED");
    expect((await run(request)).taskArn).to.equal(first.taskArn);
    expect((await run({ ...request, clientToken: "other" })).taskArn).not.to.equal(first.taskArn);
  });

  it("get SIGTERM, and SIGKILL when stopTimeout is over", async () => {
    await at.register({ stopTimeout: 1, environment: [{ name: "STUBBORN", value: "yes" }] });
    const task = await until(await run(), "RUNNING");
    await eventually(async () => expect(await at.lines(task)).to.have.length(1));
    const began = Date.now();
    const ended = await end(task);
    expect(Date.now() - began).to.be.within(1000, 4000);
    expect(ended.containers?.[0]?.exitCode).to.equal(137);
    expect(await at.lines(ended)).to.include("got SIGTERM");
  });

  it("go on without a container that is not essential, and end with one that is", async () => {
    await at.register([
      container({ stopTimeout: 5 }),
      { name: "once", image: container().image, command: script("process.exit(4)"), essential: false },
      {
        ...{ name: "sidecar", image: container().image },
        command: script("setInterval(() => {}, 1e6)"),
        essential: true,
      },
    ]);
    const task = await until(await run(), "RUNNING");
    const codes = async () => (await look(task)).containers?.map(({ exitCode }) => exitCode);
    await eventually(async () => expect(await codes()).to.deep.equal([undefined, 4, undefined]));
    expect((await look(task)).lastStatus).to.equal("RUNNING");
    await eventually(async () => expect(await at.lines(task)).to.have.length(1));
    const ended = await end(task);
    expect(ended.containers?.map(({ exitCode }) => exitCode)).to.deep.equal([0, 4, 143]);
  });

  const notStarted: readonly [string, Parameters<RehearsedEcs["register"]>[0], RegExp][] = [
    [
      "an image that is not there",
      { image: `${images}/shop:none` },
      /^CannotPullContainerError: .*shop:none: not found/,
    ],
    [
      "a secret that is not there",
      {
        secrets: [
          { name: "A", valueFrom: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-abcdef" },
        ],
      },
      /^ResourceInitializationError: unable to pull secrets.*none-abcdef.*ResourceNotFoundException/,
    ],
    [
      "a log group that is not there",
      {
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": "/none", "awslogs-region": "x", "awslogs-stream-prefix": "y" },
        },
      },
      /^ResourceInitializationError: .*The specified log group does not exist/,
    ],
    [
      "a program that is not there",
      { command: ["none"] },
      /^CannotStartContainerError: .*"none": executable file not found/,
    ],
  ];
  for (const [what, own, reason] of notStarted)
    it(`fail to start with ${what}, and say so`, async () => {
      await at.register(own);
      const ended = await until(await run(), "STOPPED");
      expect(ended.stopCode).to.equal("TaskFailedToStart");
      expect(ended.stoppedReason).to.match(reason);
      expect(ended.containers?.[0]?.reason).to.equal(ended.stoppedReason);
      expect(ended.containers?.[0]?.exitCode).to.equal(undefined);
      expect(ended.startedAt).to.equal(undefined);
    });

  it("are refused with AWS's errors", async () => {
    const arn = await at.register();
    const refusals: readonly [Partial<RunTaskRequest>, string, RegExp][] = [
      [{ cluster: "none" }, "ClusterNotFoundException", /^Cluster not found\.$/],
      [{ taskDefinition: "none" }, "ClientException", /^TaskDefinition not found\.$/],
      [
        { networkConfiguration: undefined },
        "InvalidParameterException",
        /Network Configuration must be provided/,
      ],
      [{ count: 11 }, "InvalidParameterException", /between 1 and 10/],
      [{ launchType: "EC2" }, "InvalidParameterException", /No Container Instances were found/],
      [
        { overrides: { containerOverrides: [{ name: "none" }] } },
        "ClientException",
        /named none is not a container/,
      ],
    ];
    for (const [request, code, message] of refusals) {
      const refused = await refusal(run(request));
      expect([refused.code, refused.message]).to.satisfy(
        ([c, m]: string[]) => c === code && message.test(m ?? ""),
      );
    }
    await at.ecs.DeregisterTaskDefinition({ taskDefinition: arn });
    const inactive = await refusal(run({ taskDefinition: arn }));
    expect([inactive.code, inactive.message]).to.deep.equal([
      "ClientException",
      "TaskDefinition is inactive",
    ]);
  });

  it("that nobody knows are MISSING, and can't be stopped", async () => {
    const { failures } = await at.ecs.DescribeTasks({ cluster: "main", tasks: ["0123"] });
    expect(failures?.[0]).to.include({ reason: "MISSING" });
    const refused = await refusal(at.ecs.StopTask({ cluster: "main", task: "0123" }));
    expect(refused.message).to.equal("The referenced task was not found.");
  });
});

describe("ECS's memory of tasks", function () {
  this.timeout(15_000);

  it("holds for an hour", async () => {
    let ahead = 0;
    const clock = clockAt(50);
    const at = await rehearsedEcs({ ...clock, now: () => new Date(Date.now() + ahead) });
    try {
      await at.register({ command: script("0") });
      await at.ecs.RunTask({
        ...{ cluster: "main", taskDefinition: "shop", launchType: "FARGATE" },
        networkConfiguration: network,
      });
      await eventually(async () => {
        const [task] = await at.tasks({ stopped: true });
        expect(task?.lastStatus).to.equal("STOPPED");
      });
      ahead = 59 * 60_000;
      expect(await at.tasks({ stopped: true })).to.have.length(1);
      ahead = 61 * 60_000;
      expect(await at.tasks({ stopped: true })).to.have.length(0);
    } finally {
      await at.close();
    }
  });
});
