import { expect } from "chai";
import { eventually } from "../eventually.ts";
import { refusal } from "../refusal.ts";
import { messages, network, type RehearsedEcs, rehearsedEcs } from "./rehearsedEcs.ts";

const service = { cluster: "main", service: "shop" };

describe("a service whose controller is CodeDeploy", () => {
  let rehearsed: RehearsedEcs;
  let definition: string;
  const loadBalancer = (targetGroupArn: string) => [
    { targetGroupArn, containerName: "web", containerPort: 8080 },
  ];

  beforeEach(async () => {
    rehearsed = await rehearsedEcs();
    definition = await rehearsed.register();
    await rehearsed.ecs.CreateService({
      ...{ cluster: "main", serviceName: "shop", taskDefinition: definition, desiredCount: 2 },
      ...{ launchType: "FARGATE", networkConfiguration: network },
      loadBalancers: loadBalancer(rehearsed.group),
      deploymentController: { type: "CODE_DEPLOY" },
    });
  });
  afterEach(() => rehearsed.close());

  async function sets() {
    return (await rehearsed.ecs.DescribeTaskSets(service)).taskSets ?? [];
  }

  async function steady(index: number): Promise<void> {
    await eventually(async () => expect((await sets())[index]?.stabilityStatus).to.equal("STEADY_STATE"));
  }

  async function secondSet(taskDefinition = definition): Promise<string> {
    const { taskSet } = await rehearsed.ecs.forCodeDeploy.CreateTaskSet({
      ...{ ...service, taskDefinition, externalId: "d-1", scale: { value: 100, unit: "PERCENT" } },
      loadBalancers: loadBalancer(rehearsed.elbv2.group("green")),
    });
    return taskSet?.id ?? "";
  }

  it("begins with a primary task set of all its tasks, and has no deployments of ECS's own", async () => {
    await steady(0);
    const shown = await rehearsed.service("shop");
    expect(shown.deployments).to.deep.equal([]);
    expect(shown.deploymentController).to.deep.equal({ type: "CODE_DEPLOY" });
    expect(shown).to.include({ runningCount: 2, desiredCount: 2, taskDefinition: definition });
    const [only, ...others] = shown.taskSets ?? [];
    expect(others).to.deep.equal([]);
    expect(only).to.include({ status: "PRIMARY", computedDesiredCount: 2, runningCount: 2 });
    const [task] = await rehearsed.tasks({ service: "shop" });
    expect(task).to.include({ startedBy: only?.id, group: "service:shop" });
  });

  it("runs a second set beside it, in its own target group, makes it the primary one, and ends the first", async () => {
    await steady(0);
    const [first] = await sets();
    const other = await rehearsed.register({ environment: [{ name: "NEXT", value: "1" }] });
    const id = await secondSet(other);
    await steady(1);
    expect((await rehearsed.service("shop")).runningCount).to.equal(4);
    expect((await rehearsed.service("shop")).taskDefinition).to.equal(definition);
    await rehearsed.ecs.forCodeDeploy.UpdateServicePrimaryTaskSet({ ...service, primaryTaskSet: id });
    expect((await rehearsed.service("shop")).taskDefinition).to.equal(other);
    expect((await sets()).map(({ status }) => status)).to.deep.equal(["PRIMARY", "ACTIVE"]);
    await rehearsed.ecs.forCodeDeploy.DeleteTaskSet({ ...service, taskSet: first?.id, force: true });
    await eventually(async () => expect(await sets()).to.have.length(1));
    const left = await rehearsed.tasks({ service: "shop" });
    expect(left.map(({ startedBy }) => startedBy)).to.deep.equal([id, id]);
  });

  it("gives each set its share of the count, and each follows when that changes", async () => {
    await steady(0);
    const id = await secondSet();
    await rehearsed.ecs.forCodeDeploy.UpdateTaskSet({
      ...{ ...service, taskSet: id, scale: { value: 50, unit: "PERCENT" } },
    });
    await rehearsed.ecs.UpdateService({ ...service, desiredCount: 3 });
    await eventually(async () => {
      const counts = (await sets()).map(({ runningCount }) => runningCount);
      expect(counts).to.deep.equal([3, 2]);
    });
  });

  it("replaces a task of a set that died, in that set", async () => {
    await steady(0);
    const [task] = await rehearsed.tasks({ service: "shop" });
    await rehearsed.ecs.StopTask({ cluster: "main", task: task?.taskArn });
    await eventually(async () => {
      const running = (await rehearsed.tasks({ service: "shop" })).filter(
        ({ lastStatus }) => lastStatus === "RUNNING",
      );
      expect(running.map(({ taskArn }) => taskArn))
        .to.have.length(2)
        .and.not.to.include(task?.taskArn);
    });
    expect(messages(await rehearsed.service("shop")).join()).to.contain("has started 1 tasks");
  });

  it("takes no deployment but CodeDeploy's, and keeps its controller for life", async () => {
    for (const [change, words] of [
      [{ taskDefinition: definition }, /Unable to update task definition .* CODE_DEPLOY/],
      [{ networkConfiguration: network }, /Unable to update network parameters/],
      [{ forceNewDeployment: true }, /Unable to force a new deployment/],
      [{ deploymentController: { type: "ECS" } }, /can't be changed/],
    ] as const) {
      const refused = await refusal(rehearsed.ecs.UpdateService({ ...service, ...change }));
      expect(refused.code).to.equal("InvalidParameterException");
      expect(refused.message).to.match(words);
    }
    const { services } = await rehearsed.ecs.DescribeServices({ cluster: "main", services: ["shop"] });
    expect(services?.[0]?.taskSets).to.have.length(1);
  });

  it("has no circuit breaker, and its sets are asked for by nobody else's service", async () => {
    const breaker = await refusal(
      rehearsed.ecs.CreateService({
        ...{ cluster: "main", serviceName: "other", taskDefinition: definition, desiredCount: 0 },
        ...{ networkConfiguration: network, deploymentController: { type: "CODE_DEPLOY" } },
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
      }),
    );
    expect(breaker.message).to.match(/circuit breaker is only supported with the ECS/);
    await rehearsed.ecs.CreateService({
      ...{ cluster: "main", serviceName: "plain", taskDefinition: definition, desiredCount: 0 },
      networkConfiguration: network,
    });
    const asked = await refusal(rehearsed.ecs.DescribeTaskSets({ cluster: "main", service: "plain" }));
    expect(asked.code).to.equal("UnsupportedFeatureException");
  });

  it("ends with all its sets", async () => {
    await steady(0);
    await secondSet();
    await rehearsed.ecs.DeleteService({ ...service, force: true });
    await eventually(async () => expect((await rehearsed.service("shop")).status).to.equal("INACTIVE"));
    expect(await rehearsed.tasks({ service: "shop" })).to.deep.equal([]);
  });
});
