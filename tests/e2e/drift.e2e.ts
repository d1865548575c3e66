import { execFileSync } from "node:child_process";
import { expect } from "chai";
import type { Outputs } from "../../infra/outputs.ts";
import { callApi, type Refused } from "../../scripts/api.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { skip } from "../skip.ts";
import { openTestHouse, type TestHouse } from "./testHouse.ts";

const canary = { image: "shop:1.1", shift: "canary", shiftPercent: 20, shiftInterval: 90 } as const;

describe("behind the service's back", function () {
  this.timeout(180_000);
  let house: TestHouse;
  let outputs: Outputs;

  before(async function () {
    try {
      execFileSync("aws", ["--version"]);
    } catch {
      skip(this, "the aws CLI is not installed");
    }
    house = await openTestHouse({ speed: 5 });
    await house.push("1.1");
    outputs = JSON.parse(await house.pulumi("stack", "output", "--json")) as Outputs;
  });
  after(() => house?.close());

  /** A canary that has 20 % of the traffic and waits. */
  async function inMidCanary(): Promise<Deployment> {
    // A step and the weights are told one after the other.
    const run = await house.until(
      await house.deploy(canary),
      ({ steps, weights }) =>
        weights?.green === 20 &&
        steps.some(({ name, status }) => name === "watch-20" && status === "running"),
    );
    expect(run.error).to.equal(undefined);
    expect(run.weights).to.deep.equal({ blue: 80, green: 20 });
    return run;
  }

  const promote = (run: Deployment) => callApi(house.connection, "POST", `/deployments/${run.id}/promote`);

  const weigh = ({ blue, green }: { readonly blue: number; readonly green: number }) => {
    const groups = [
      { TargetGroupArn: outputs.colours.blue.targetGroup, Weight: blue },
      { TargetGroupArn: outputs.colours.green.targetGroup, Weight: green },
    ];
    return house.aws(
      ...["elbv2", "modify-rule", "--rule-arn", outputs.productionRule],
      ...["--actions", JSON.stringify([{ Type: "forward", ForwardConfig: { TargetGroups: groups } }])],
    );
  };

  it("nothing happened: no drift in mid-canary, and none after it was cancelled", async () => {
    const run = await inMidCanary();
    expect(await house.preview()).to.match(/\d+ unchanged/);
    expect((await house.view()).drift).to.deep.equal([]);
    await callApi(house.connection, "POST", `/deployments/${run.id}/cancel`);
    expect((await house.ended(run)).status).to.equal("cancelled");
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });

  it("somebody moves a weight with the aws CLI: the next step stops and names it", async () => {
    const run = await inMidCanary();
    await weigh({ blue: 50, green: 50 });
    await promote(run);
    const ended = await house.ended(run);
    expect(ended.error).to.include({ code: "drift" });
    expect(ended.error?.detail)
      .to.contain("blue 50, green 50")
      .and.to.contain("Nothing of this service did that");
    // Who moved it may have had a reason: the weights stay, and a person is called.
    expect(ended.status).to.equal("stuck");
    expect(ended.undoErrors?.map(({ code }) => code)).to.contain("drift");
    expect((await house.view()).weights).to.deep.equal({ blue: 50, green: 50 });
    const refused: unknown = await house.deploy(canary).catch((error: unknown) => error);
    expect((refused as Refused).problem).to.include({ status: 409, code: "drift" });
    await weigh({ blue: 100, green: 0 });
  });

  it("somebody gives the live colour more tasks than autoscaling may with the aws CLI: the next step stops and names it", async () => {
    const run = await inMidCanary();
    const scale = (count: number) =>
      house.aws(
        ...["ecs", "update-service", "--cluster", outputs.cluster, "--service", outputs.colours.blue.service],
        ...["--desired-count", String(count)],
      );
    await scale(11);
    await promote(run);
    const ended = await house.ended(run);
    expect(ended.error).to.include({ code: "drift" });
    expect(ended.error?.detail).to.match(/blue .*\b11\b/);
    expect(ended.status).to.equal("rolled-back");
    await scale(3);
  });

  it("somebody changes a spec with the aws CLI: the refreshed preview names it", async () => {
    const { cluster, colours } = outputs;
    const former = await house.aws(
      ...["ecs", "describe-services", "--cluster", cluster, "--services", colours.blue.service],
      ...["--query", "services[0].taskDefinition", "--output", "text"],
    );
    const put = (taskDefinition: string) =>
      house.aws(
        ...["ecs", "update-service", "--cluster", cluster, "--service", colours.blue.service],
        ...["--task-definition", taskDefinition],
      );
    await put(outputs.colours.green.taskDefinitionFamily);
    const said = await house.preview().then(
      () => "no changes",
      (error: Error) => error.message,
    );
    expect(said).to.match(/~ +aws:ecs:Service blue.*taskDefinition/);
    await put(former.trim());
    expect(await house.preview()).to.match(/\d+ unchanged/);
  });
});
