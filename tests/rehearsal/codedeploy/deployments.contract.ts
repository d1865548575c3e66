import {
  CodeDeployClient,
  CreateDeploymentCommand,
  waitUntilDeploymentSuccessful,
} from "@aws-sdk/client-codedeploy";
import { expect } from "chai";
import { awsCli } from "../api/awsCli.ts";
import { eventually } from "../eventually.ts";
import { refusal } from "../refusal.ts";
import { cluster, names, openStage, type Stage } from "./stage.ts";

const waiting = {
  deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 60 },
} as const;
const atOnce = {
  terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
} as const;

describe("a deployment by the rehearsal's CodeDeploy", function () {
  this.timeout(60_000);
  let at: Stage;
  afterEach(() => at?.close());

  const begun = async (release: string, more: object = {}) => {
    const revision = await at.revision(release);
    const { deploymentId } = await at.codedeploy.CreateDeployment({ ...names, revision, ...more });
    return deploymentId ?? "";
  };
  const statuses = async (id: string) =>
    (await at.target(id)).lifecycleEvents?.map(
      ({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`,
    );
  const sets = async () =>
    (await at.endpoint.cloud.ecs.DescribeTaskSets({ cluster, service: "shop" })).taskSets ?? [];
  const asBefore = async () => {
    expect(await at.answers()).to.equal("1.0");
    expect(await at.weights()).to.deep.equal([100, 0]);
    await eventually(async () => expect(await sets()).to.have.length(1));
    expect((await sets())[0]).to.include({ status: "PRIMARY", runningCount: 2 });
  };

  it("installs beside, moves the traffic, ends the original, and goes back and forth between the two groups", async () => {
    at = await openStage();
    for (const [release, weights] of [
      ["1.1", [0, 100]],
      ["1.2", [100, 0]],
    ] as const) {
      const id = await begun(release);
      expect(id).to.match(/^d-[A-Z0-9]{9}$/);
      const ended = await at.ended(id);
      expect(ended.errorInformation).to.equal(undefined);
      expect(ended).to.include({ status: "Succeeded", creator: "user", computePlatform: "ECS" });
      expect(await statuses(id)).to.deep.equal([
        ...[
          "BeforeInstall Skipped",
          "Install Succeeded",
          "AfterInstall Skipped",
          "AllowTestTraffic Succeeded",
        ],
        ...["AfterAllowTestTraffic Skipped", "BeforeAllowTraffic Skipped", "AllowTraffic Succeeded"],
        "AfterAllowTraffic Skipped",
      ]);
      expect(await at.answers()).to.equal(release);
      expect(await at.weights()).to.deep.equal(weights);
      await eventually(async () => expect(await sets()).to.have.length(1));
      expect((await sets())[0]).to.include({ status: "PRIMARY", externalId: id, runningCount: 2 });
    }
  });

  it("waits where the group says so, with the replacement on the test listener, and goes on when it is told", async () => {
    at = await openStage({ blueGreenDeploymentConfiguration: { ...waiting, ...atOnce } });
    const id = await begun("1.1");
    await eventually(async () => expect((await at.info(id)).status).to.equal("Ready"), 20_000);
    expect(await at.answers("test")).to.equal("1.1");
    expect(await at.answers()).to.equal("1.0");
    const target = await at.target(id);
    expect(target.status).to.equal("Ready");
    expect(target.taskSetsInfo).to.have.length(2);
    expect(target.taskSetsInfo?.[0]).to.deep.include({
      ...{ taskSetLabel: "Blue", status: "PRIMARY", trafficWeight: 100, runningCount: 2 },
      targetGroup: { name: "blue" },
    });
    expect(target.taskSetsInfo?.[1]).to.deep.include({
      ...{ taskSetLabel: "Green", status: "ACTIVE", trafficWeight: 0, targetGroup: { name: "green" } },
    });
    const early = await refusal(
      at.codedeploy.ContinueDeployment({ deploymentId: id, deploymentWaitType: "TERMINATION_WAIT" }),
    );
    expect(early.code).to.equal("DeploymentIsNotInReadyStateException");
    await at.codedeploy.ContinueDeployment({ deploymentId: id, deploymentWaitType: "READY_WAIT" });
    expect((await at.ended(id)).status).to.equal("Succeeded");
    expect(await at.answers()).to.equal("1.1");
  });

  it("is stopped and taken back when nobody comes within the wait", async () => {
    const soon = {
      deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 1 },
    } as const;
    at = await openStage({ blueGreenDeploymentConfiguration: { ...soon, ...atOnce } });
    const ended = await at.ended(await begun("1.1"));
    expect(ended.status).to.equal("Stopped");
    expect(ended.errorInformation?.message).to.contain("nobody continued it");
    await asBefore();
  });

  it("keeps the original for the termination wait, in which it can still be ended early", async () => {
    const kept = { action: "TERMINATE", terminationWaitTimeInMinutes: 60 } as const;
    at = await openStage({
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        terminateBlueInstancesOnDeploymentSuccess: kept,
      },
    });
    const id = await begun("1.1");
    await eventually(
      async () => expect((await at.info(id)).instanceTerminationWaitTimeStarted).to.equal(true),
      20_000,
    );
    expect(await at.answers()).to.equal("1.1");
    expect((await at.info(id)).status).to.equal("InProgress");
    expect(await sets()).to.have.length(2);
    await at.codedeploy.ContinueDeployment({ deploymentId: id, deploymentWaitType: "TERMINATION_WAIT" });
    expect((await at.ended(id)).status).to.equal("Succeeded");
    await eventually(async () => expect(await sets()).to.have.length(1));
  });

  it("is taken back in the termination wait: until the original ends there is a way back", async () => {
    at = await openStage({
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 600 },
      },
    });
    const id = await begun("1.1");
    await eventually(
      async () => expect((await at.info(id)).instanceTerminationWaitTimeStarted).to.equal(true),
      20_000,
    );
    expect(await at.answers()).to.equal("1.1");
    await at.codedeploy.StopDeployment({ deploymentId: id, autoRollbackEnabled: true });
    expect((await at.ended(id)).status).to.equal("Stopped");
    await eventually(async () => expect((await at.info(id)).rollbackInfo).to.be.an("object"));
    const back = await at.ended((await at.info(id)).rollbackInfo?.rollbackDeploymentId ?? "");
    expect(back.rollbackInfo?.rollbackTriggeringDeploymentId).to.equal(id);
    await asBefore();
  });

  it("shifts in the parts of its configuration", async () => {
    at = await openStage();
    await at.codedeploy.CreateDeploymentConfig({
      ...{ deploymentConfigName: "half", computePlatform: "ECS" },
      trafficRoutingConfig: {
        type: "TimeBasedCanary",
        timeBasedCanary: { canaryPercentage: 40, canaryInterval: 60 },
      },
    });
    const id = await begun("1.1", { deploymentConfigName: "half" });
    await eventually(async () => expect(await at.weights()).to.deep.equal([60, 40]), 20_000);
    expect((await at.target(id)).taskSetsInfo?.map(({ trafficWeight }) => trafficWeight)).to.deep.equal([
      60, 40,
    ]);
    expect((await at.ended(id)).status).to.equal("Succeeded");
    expect(await at.weights()).to.deep.equal([0, 100]);
    const used = await refusal(
      at.codedeploy.DeleteDeploymentConfig({ deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce" }),
    );
    expect(used.code).to.equal("InvalidOperationException");
  });

  it("hangs on a revision that crashes until it is stopped, and is taken back by another deployment", async () => {
    at = await openStage();
    const id = await begun("crash");
    await eventually(async () => expect((await statuses(id))?.[1]).to.equal("Install InProgress"));
    await eventually(async () => {
      const { taskArns } = await at.endpoint.cloud.ecs.ListTasks({ cluster, desiredStatus: "STOPPED" });
      expect(taskArns?.length).to.be.above(1);
    });
    expect((await at.info(id)).status).to.equal("InProgress");
    await at.codedeploy.StopDeployment({ deploymentId: id, autoRollbackEnabled: true });
    const ended = await at.ended(id);
    expect(ended.status).to.equal("Stopped");
    expect(ended.errorInformation?.code).to.equal("MANUAL_STOP");
    await eventually(async () => expect((await at.info(id)).rollbackInfo).to.be.an("object"));
    const back = await at.ended((await at.info(id)).rollbackInfo?.rollbackDeploymentId ?? "");
    expect(back).to.include({ status: "Succeeded", creator: "codeDeployRollback" });
    await asBefore();
    expect((await at.ended(await begun("1.1"))).status).to.equal("Succeeded");
  });

  it("fails at a hook whose function is not there, and the traffic goes back", async () => {
    at = await openStage();
    const revision = await at.revision("1.1", [{ AfterAllowTraffic: "check-it" }]);
    const { deploymentId: id = "" } = await at.codedeploy.CreateDeployment({ ...names, revision });
    const ended = await at.ended(id);
    expect(ended.status).to.equal("Failed");
    const events = (await at.target(id)).lifecycleEvents ?? [];
    expect(events.at(-1)).to.include({ lifecycleEventName: "AfterAllowTraffic", status: "Failed" });
    expect(events.at(-1)?.diagnostics?.message).to.contain("check-it");
    await eventually(async () => expect((await at.info(id)).rollbackInfo).to.be.an("object"));
    await at.ended((await at.info(id)).rollbackInfo?.rollbackDeploymentId ?? "");
    await asBefore();
  });

  it("is stopped by an alarm of the group", async () => {
    at = await openStage({
      blueGreenDeploymentConfiguration: { ...waiting, ...atOnce },
      alarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] },
    });
    const { cloudwatch } = at.endpoint.cloud;
    await cloudwatch.PutMetricAlarm({
      ...{ AlarmName: "errors", Namespace: "AWS/ApplicationELB", MetricName: "HTTPCode_Target_5XX_Count" },
      ...{ Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 1 },
      ComparisonOperator: "GreaterThanThreshold",
    });
    const id = await begun("1.1");
    await eventually(async () => expect((await at.info(id)).status).to.equal("Ready"), 20_000);
    await cloudwatch.SetAlarmState({ AlarmName: "errors", StateValue: "ALARM", StateReason: "a test" });
    const ended = await at.ended(id);
    expect(ended).to.include({ status: "Stopped" });
    expect(ended.errorInformation).to.include({ code: "ALARM_ACTIVE" });
    await eventually(asBefore);
  });

  it("is refused beside an active one, which only the message names", async () => {
    at = await openStage({ blueGreenDeploymentConfiguration: { ...waiting, ...atOnce } });
    const id = await begun("1.1");
    const refused = await refusal(begun("1.2"));
    expect(refused.code).to.equal("DeploymentLimitExceededException");
    expect(refused.message).to.contain(id);
    const busy = await refusal(at.codedeploy.DeleteDeploymentGroup(names));
    expect(busy.code).to.equal("InvalidOperationException");
    await at.codedeploy.StopDeployment({ deploymentId: id });
    await at.ended(id);
  });

  it("is made, listed and waited for by the SDK and the aws CLI", async function () {
    at = await openStage();
    const aws = await awsCli(this, at.endpoint.url);
    const client = new CodeDeployClient(at.endpoint.client);
    try {
      const revision = await at.revision("1.1");
      const { deploymentId = "" } = await client.send(new CreateDeploymentCommand({ ...names, revision }));
      await at.ended(deploymentId);
      await waitUntilDeploymentSuccessful(
        { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
        { deploymentId },
      );
      const next = await aws(
        ...["deploy", "create-deployment", "--application-name", "shop", "--deployment-group-name", "shop"],
        ...["--revision", JSON.stringify(await at.revision("1.2"))],
      );
      const id = String(next["deploymentId"]);
      await at.ended(id);
      await aws("deploy", "wait", "deployment-successful", "--deployment-id", id);
      const listed = await aws(
        "deploy",
        "list-deployments",
        "--application-name",
        "shop",
        "--deployment-group-name",
        "shop",
      );
      expect(listed["deployments"]).to.deep.equal([id, deploymentId]);
      const target = await aws(
        ...["deploy", "get-deployment-target", "--deployment-id", id, "--target-id", `${cluster}:shop`],
      );
      expect(target).to.nested.include({
        "deploymentTarget.ecsTarget.lifecycleEvents[1].status": "Succeeded",
      });
      const described = await aws("ecs", "describe-task-sets", "--cluster", cluster, "--service", "shop");
      expect(described).to.nested.include({ "taskSets[0].stabilityStatus": "STEADY_STATE" });
    } finally {
      client.destroy();
    }
  });
});
