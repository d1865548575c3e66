import type { CreateServiceRequest, Service, UpdateServiceRequest } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { eventually } from "../eventually.ts";
import { addressOf, messages, network, rehearsedEcs, type RehearsedEcs, script } from "./rehearsedEcs.ts";

describe("an ECS service", function () {
  this.timeout(20_000);
  let at: RehearsedEcs;
  beforeEach(async () => (at = await rehearsedEcs()));
  afterEach(() => at.close());

  const create = async (more: Partial<CreateServiceRequest> = {}): Promise<Service | undefined> =>
    (
      await at.ecs.CreateService({
        ...{ cluster: "main", serviceName: "shop", taskDefinition: "shop", desiredCount: 2 },
        ...{ launchType: "FARGATE", networkConfiguration: network },
        loadBalancers: [{ targetGroupArn: at.group, containerName: "web", containerPort: 8080 }],
        ...more,
      })
    ).service;
  const update = (more: Partial<UpdateServiceRequest>) =>
    at.ecs.UpdateService({ cluster: "main", service: "shop", ...more });
  const until = async (holds: (service: Service) => unknown) => {
    await eventually(async () => holds(await at.service("shop")), 15_000);
    return at.service("shop");
  };
  const steady = (count: number, taskDefinition?: string) =>
    until((service) => {
      expect(service.deployments).to.have.length(1);
      expect(service.deployments?.[0]?.rolloutState, JSON.stringify(messages(service))).to.equal("COMPLETED");
      expect(service.runningCount).to.equal(count);
      if (taskDefinition) expect(service.taskDefinition).to.equal(taskDefinition);
      expect(messages(service).at(-1)).to.equal("(service shop) has reached a steady state.");
    });
  const breaker = (rollback: boolean) => ({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
  });

  it("brings its tasks up, registers them, and is steady when they are healthy", async () => {
    const { judge } = at.elbv2;
    at.elbv2.judge = () => "initial";
    const arn = await at.register();
    const made = await create();
    expect(made).to.deep.include({ status: "ACTIVE", desiredCount: 2, runningCount: 0, taskDefinition: arn });
    const [first] = made?.deployments ?? [];
    expect(first?.id).to.match(/^ecs-svc\/\d{19}$/);
    expect(first).to.include({ status: "PRIMARY", rolloutState: "IN_PROGRESS", desiredCount: 2 });

    await until(({ runningCount }) => expect(runningCount).to.equal(2));
    const tasks = await at.tasks({ service: "shop" });
    const targets = tasks.map((task) => `${addressOf(task)}:8080`);
    expect(at.elbv2.targets(at.group)).to.have.members(targets);
    for (const task of tasks) expect(task).to.include({ group: "service:shop", startedBy: first?.id });
    expect((await at.service("shop")).deployments?.[0]?.rolloutState).to.equal("IN_PROGRESS");

    at.elbv2.judge = judge;
    const service = await steady(2);
    const ids = tasks.map(({ taskArn = "" }) => taskArn.split("/").at(-1));
    expect(messages(service)).to.deep.equal([
      `(service shop) has started 2 tasks: (task ${ids[0]}) (task ${ids[1]}).`,
      `(service shop) registered 1 targets in (target-group ${at.group})`,
      `(service shop) registered 1 targets in (target-group ${at.group})`,
      `(service shop) (deployment ${first?.id}) deployment completed.`,
      "(service shop) has reached a steady state.",
    ]);
  });

  it("scales from zero and back to zero without a deployment", async () => {
    await at.register();
    const made = await create({ desiredCount: 0 });
    await steady(0);
    await update({ desiredCount: 2 });
    await steady(2);
    await update({ desiredCount: 0 });
    const service = await steady(0);
    expect(service.deployments?.[0]?.id).to.equal(made?.deployments?.[0]?.id);
    expect(await at.tasks({ service: "shop" })).to.have.length(0);
    const stopped = await at.tasks({ service: "shop", stopped: true });
    expect(stopped).to.have.length(2);
    for (const task of stopped)
      expect(task).to.include({
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: `Scaling activity initiated by (deployment ${made?.deployments?.[0]?.id})`,
      });
  });

  it("rolls to another revision, and never has fewer healthy tasks than its minimum", async () => {
    await at.register({ environment: [{ name: "RELEASE", value: "1" }] });
    await create({ desiredCount: 3 });
    await steady(3);
    const former = (await at.tasks({ service: "shop" })).map(({ taskArn }) => taskArn);

    const second = await at.register({ environment: [{ name: "RELEASE", value: "2" }] });
    let fewest = Infinity;
    let most = 0;
    const watch = setInterval(() => {
      void at.ecs.DescribeServices({ cluster: "main", services: ["shop"] }).then(({ services }) => {
        const { runningCount = 0, pendingCount = 0 } = services?.[0] ?? {};
        fewest = Math.min(fewest, runningCount);
        most = Math.max(most, runningCount + pendingCount);
      });
    }, 1);
    const { service } = await update({ taskDefinition: second });
    expect(service?.deployments?.map(({ status }) => status)).to.deep.equal(["PRIMARY", "ACTIVE"]);
    await steady(3, second);
    clearInterval(watch);
    expect(fewest).to.equal(3);
    expect(most).to.be.within(4, 6);
    const tasks = await at.tasks({ service: "shop" });
    for (const task of tasks) {
      expect(former).not.to.include(task.taskArn);
      const answer = (await (await fetch(`http://${addressOf(task)}:8080`)).json()) as { RELEASE: string };
      expect(answer.RELEASE).to.equal("2");
    }
  });

  it("starts all tasks anew when it is told to, and does nothing for the same revision", async () => {
    const arn = await at.register();
    await create({ desiredCount: 1 });
    const { deployments: [first] = [] } = await steady(1);
    const same = await update({ taskDefinition: arn });
    expect(same.service?.deployments?.map(({ id }) => id)).to.deep.equal([first?.id]);
    await update({ forceNewDeployment: true });
    await until(({ deployments = [] }) => {
      expect(deployments).to.have.length(1);
      expect(deployments[0]?.id).not.to.equal(first?.id);
      expect(deployments[0]?.rolloutState).to.equal("COMPLETED");
    });
  });

  it("takes a task out of the load balancer, waits until it is drained, and then sends SIGTERM", async () => {
    await at.register();
    await create({ desiredCount: 1 });
    await steady(1);
    const [task] = await at.tasks({ service: "shop" });
    const target = `${addressOf(task)}:8080`;
    at.elbv2.drains = false;
    await update({ desiredCount: 0 });
    const look = async () => (await at.tasks({ service: "shop", stopped: true }))[0];
    await eventually(async () => expect((await look())?.lastStatus).to.equal("DEACTIVATING"));
    expect(at.elbv2.calls).to.deep.equal([`register ${target}`, `deregister ${target}`]);
    const answer = await fetch(`http://${target}`);
    expect(answer.status, "a draining task answers").to.equal(200);
    expect(await at.lines(task)).not.to.include("got SIGTERM");
    expect(messages(await at.service("shop")).at(-1)).to.equal(
      "(service shop) has begun draining connections on 1 tasks.",
    );

    at.elbv2.drains = true;
    await eventually(async () => expect((await look())?.lastStatus).to.equal("STOPPED"));
    expect((await look())?.containers?.[0]?.exitCode).to.equal(0);
    expect(await at.lines(task)).to.include("got SIGTERM");
    const id = task?.taskArn?.split("/").at(-1);
    const said = messages(await steady(0));
    expect(said.slice(-4)).to.deep.equal([
      `(service shop) deregistered 1 targets in (target-group ${at.group})`,
      "(service shop) has begun draining connections on 1 tasks.",
      `(service shop) has stopped 1 running tasks: (task ${id}).`,
      "(service shop) has reached a steady state.",
    ]);
  });

  it("replaces a task that ends by itself", async () => {
    await at.register();
    await create({ desiredCount: 1 });
    await steady(1);
    const [task] = await at.tasks({ service: "shop" });
    await at.ecs.StopTask({ cluster: "main", task: task?.taskArn, reason: "to see" });
    await until(async () => {
      const [next] = await at.tasks({ service: "shop" });
      expect(next?.lastStatus).to.equal("RUNNING");
      expect(next?.taskArn).not.to.equal(task?.taskArn);
    });
    const { deployments: [deployment] = [] } = await steady(1);
    expect(deployment?.failedTasks).to.equal(0);
    const [stopped] = await at.tasks({ service: "shop", stopped: true });
    expect(stopped).to.include({ stopCode: "UserInitiated", stoppedReason: "to see" });
  });

  it("gives up a revision whose tasks only crash, and keeps the former ones", async () => {
    const good = await at.register();
    await create({ ...breaker(false) });
    await steady(2, good);
    const former = (await at.tasks({ service: "shop" })).map(({ taskArn }) => taskArn);

    const bad = await at.register({ command: script("console.error('unknown directive'); process.exit(1)") });
    await update({ taskDefinition: bad });
    const service = await until(({ deployments = [] }) =>
      expect(deployments[0]?.rolloutState).to.equal("FAILED"),
    );
    const [primary, kept] = service.deployments ?? [];
    expect(primary).to.include({ status: "PRIMARY", taskDefinition: bad });
    expect(primary?.failedTasks).to.be.at.least(3);
    expect(primary?.rolloutStateReason).to.equal("ECS deployment circuit breaker: tasks failed to start.");
    expect(kept).to.include({ status: "ACTIVE", taskDefinition: good, runningCount: 2 });
    expect(messages(service)).to.include(
      `(service shop) (deployment ${primary?.id}) deployment failed: tasks failed to start.`,
    );
    await eventually(async () => {
      const running = await at.tasks({ service: "shop" });
      expect(running.map(({ taskArn }) => taskArn)).to.have.members(former);
    });
    const crashed = (await at.tasks({ service: "shop", stopped: true }))[0];
    expect(crashed).to.include({ stopCode: "EssentialContainerExited", taskDefinitionArn: bad });
    expect(crashed?.containers?.[0]?.exitCode).to.equal(1);
    expect(await at.lines(crashed)).to.deep.equal(["unknown directive"]);

    await update({ taskDefinition: good, desiredCount: 0 });
    await steady(0, good);
  });

  it("goes back to the deployment before where it is told to", async () => {
    const good = await at.register();
    await create({ ...breaker(true) });
    const { deployments: [first] = [] } = await steady(2, good);
    const bad = await at.register({ image: "none" });
    const { service: updating } = await update({ taskDefinition: bad });
    const failed = updating?.deployments?.[0]?.id;
    const service = await steady(2, good);
    expect(service.deployments?.[0]?.id).to.equal(first?.id);
    expect(messages(service)).to.include(
      `(service shop) (deployment ${failed}) deployment failed: tasks failed to start. rolling back to deployment (deployment ${first?.id}).`,
    );
  });

  it("without a circuit breaker tries on, less and less often", async () => {
    await at.register({ image: "none" });
    await create({ desiredCount: 1 });
    const service = await until((one) =>
      expect(messages(one).some((said) => said.includes("unable to consistently start tasks"))).to.equal(
        true,
      ),
    );
    expect(service.deployments?.[0]?.rolloutState).to.equal("IN_PROGRESS");
    expect(service.deployments?.[0]?.failedTasks).to.be.at.least(3);
  });

  it("replaces a task that the load balancer calls unhealthy, after the grace period", async () => {
    await at.register();
    await create({ desiredCount: 1, healthCheckGracePeriodSeconds: 1 });
    await steady(1);
    const [task] = await at.tasks({ service: "shop" });
    const target = `${addressOf(task)}:8080`;
    at.elbv2.set(target, "unhealthy");
    const look = async () =>
      (await at.ecs.DescribeTasks({ cluster: "main", tasks: [task?.taskArn ?? ""] })).tasks?.[0];
    await eventually(async () => expect((await look())?.lastStatus).to.equal("STOPPED"), 10_000);
    const stopped = await look();
    expect((stopped?.stoppingAt?.getTime() ?? 0) - (task?.startedAt?.getTime() ?? 0)).to.be.at.least(1000);
    expect(stopped).to.include({
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason: `Task failed ELB health checks in (target-group ${at.group})`,
    });
    const service = await steady(1);
    const id = task?.taskArn?.split("/").at(-1);
    expect(messages(service)).to.include(
      `(service shop) (task ${id}) (port 8080) is unhealthy in (target-group ${at.group}) due to (reason Health checks failed with these codes: [502]).`,
    );
    // Its replacement was there before it went.
    expect(at.elbv2.calls.slice(0, 2).every((call) => call.startsWith("register"))).to.equal(true);
  });

  it("spreads tasks over capacity providers by base and weight, which only a forced deployment changes", async () => {
    await at.ecs.PutClusterCapacityProviders({
      ...{ cluster: "main", capacityProviders: ["FARGATE", "FARGATE_SPOT"] },
      defaultCapacityProviderStrategy: [],
    });
    await at.register();
    await create({
      ...{ launchType: undefined, desiredCount: 4 },
      capacityProviderStrategy: [
        { capacityProvider: "FARGATE", base: 1, weight: 1 },
        { capacityProvider: "FARGATE_SPOT", weight: 2 },
      ],
    });
    await steady(4);
    const providers = (await at.tasks({ service: "shop" })).map(
      ({ capacityProviderName }) => capacityProviderName,
    );
    expect(providers.filter((name) => name === "FARGATE_SPOT")).to.have.length(2);
    expect(providers.filter((name) => name === "FARGATE")).to.have.length(2);
    const capacityProviderStrategy = [{ capacityProvider: "FARGATE", weight: 1 }];
    const refused: unknown = await update({ capacityProviderStrategy }).catch((error: unknown) => error);
    expect(String(refused)).to.match(/you must force a new deployment/);
    await update({ capacityProviderStrategy, forceNewDeployment: true });
    await steady(4);
    const after = (await at.tasks({ service: "shop" })).map(
      ({ capacityProviderName }) => capacityProviderName,
    );
    expect(after).to.deep.equal(["FARGATE", "FARGATE", "FARGATE", "FARGATE"]);
  });

  it("on EC2 finds no instance to place a task on", async () => {
    await at.register();
    await create({ launchType: "EC2" });
    const service = await until((one) => expect(messages(one)).to.have.length(1));
    expect(messages(service)[0]).to.match(/unable to place a task because no container instance met all/);
    expect(service.pendingCount).to.equal(0);
  });

  it("is deleted when it is at zero, or by force, and then is INACTIVE", async () => {
    await at.register();
    await create();
    await steady(2);
    const refused: unknown = await at.ecs
      .DeleteService({ cluster: "main", service: "shop" })
      .catch((error: unknown) => error);
    expect(String(refused)).to.match(/cannot be stopped while it is scaled above 0/);
    const { service } = await at.ecs.DeleteService({ cluster: "main", service: "shop", force: true });
    expect(service?.status).to.equal("DRAINING");
    const again: unknown = await create().catch((error: unknown) => error);
    expect(String(again)).to.match(/still Draining/);
    await until(({ status }) => expect(status).to.equal("INACTIVE"));
    expect(at.elbv2.targets(at.group)).to.deep.equal([]);
    await at.ecs.DeleteCluster({ cluster: "main" }).catch((error: unknown) => expect.fail(String(error)));
  });
});
