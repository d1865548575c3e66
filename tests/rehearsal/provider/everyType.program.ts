import { expect } from "chai";
import { types } from "../../../rehearsal/provider/types/all.ts";
import { propertyOf } from "../../../rehearsal/provider/engine/diff.ts";
import { type Providers, serveProviders } from "../../../rehearsal/provider/server.ts";
import { changes, removals } from "./changes.ts";
import { type TestCloud, testCloud } from "./cloud.ts";
import { destroy, drift, type Engine, type Recorded, startEngine, up } from "./engine.ts";
import { everyType } from "./program.ts";

describe("a program with a resource of every type", function () {
  this.timeout(60_000);
  let cloud: TestCloud;
  let providers: Providers;
  let engine: Engine;
  let resources: readonly Recorded[];

  const find = (type: string, name: string): Recorded => {
    const found = resources.find((one) => one.type === type && one.urn.endsWith(`::${name}`));
    if (!found) throw new Error(`There is no ${type} ${name}.`);
    return found;
  };

  before(async () => {
    cloud = await testCloud();
    providers = await serveProviders(cloud);
    engine = await startEngine(providers);
  });
  after(async () => {
    await engine.close();
    await providers.close();
    await cloud.close();
  });

  describe("from nothing to everything", () => {
    it("is previewed before anything exists", async () => {
      const { output } = await engine.must(["preview", "--stack", "test"], everyType());
      expect(output).to.match(/\+ 48 to create/);
      expect((await cloud.ec2.DescribeVpcs({})).Vpcs).to.be.empty;
    });

    it("is created", async () => {
      await engine.must(up, everyType());
      resources = await engine.resources();
      const made = new Set(resources.map(({ type }) => type));
      expect(types.map(({ token }) => token).filter((token) => !made.has(token))).to.be.empty;
    });

    it("has outputs of resources, of the VPC component and of functions", async () => {
      const { output } = await engine.must(["stack", "output", "--json", "--stack", "test"]);
      const outputs = JSON.parse(output) as Record<string, unknown>;
      expect(outputs).to.include({ account: "123456789012", region: "eu-central-1", vpc: "10.20.0.0/16" });
      expect(outputs["zones"]).to.have.length(3);
      expect(outputs["subnets"]).to.have.length(4);
      expect(outputs["publicSubnetIds"]).to.have.length(2);
      expect(outputs["service"]).to.match(/^arn:aws:ecs:.*:service\/shop-\w+\/shop-\w+$/);
      expect(outputs["taskDefinition"]).to.match(/^arn:aws:ecs:.*:task-definition\/shop:1$/);
    });

    it("is not changed by a second update", async () => {
      const { output } = await engine.must(up, everyType());
      expect(output).to.match(/Resources:\s+48 unchanged/);
    });

    it("shows no drift", () => engine.must(drift, everyType()));

    it("shows no drift, and keeps, what others changed where the program ignores it", async () => {
      const rule = find("aws:lb/listenerRule:ListenerRule", "front");
      const service = find("aws:ecs/service:Service", "shop");
      const target = find("aws:appautoscaling/target:Target", "shop");
      const [blue, green] = ["blue", "green"].map((name) => find("aws:lb/targetGroup:TargetGroup", name).id);
      const TargetGroups = [
        { TargetGroupArn: blue, Weight: 30 },
        { TargetGroupArn: green, Weight: 70 },
      ];
      await cloud.elbv2.ModifyRule({
        ...{ RuleArn: rule.id, Actions: [{ Type: "forward", ForwardConfig: { TargetGroups } }] },
      });
      // Nobody pushed the image: the tasks fail, and the circuit breaker soon ends their deployment.
      await cloud.ecs.UpdateService({
        ...{ cluster: String(service.outputs?.["cluster"]), service: service.id, desiredCount: 2 },
      });
      await cloud.autoscaling.RegisterScalableTarget({
        ...{ ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount", ResourceId: target.id },
        SuspendedState: { DynamicScalingInSuspended: false },
      });

      await engine.must(drift, everyType());
      await engine.must([...up, "--refresh"], everyType());
      await engine.must(drift, everyType());

      const { Rules } = await cloud.elbv2.DescribeRules({ RuleArns: [rule.id ?? ""] });
      const weights = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight);
      expect(weights).to.deep.equal([30, 70]);
      const { services } = await cloud.ecs.DescribeServices({
        ...{ cluster: String(service.outputs?.["cluster"]), services: [service.id ?? ""] },
      });
      expect(services?.[0]?.desiredCount).to.equal(2);
    });
  });

  describe("of which each was changed by others", () => {
    let steps: readonly {
      readonly op: string;
      readonly urn: string;
      readonly detailedDiff?: Record<string, unknown> | null;
    }[];
    let exitCode: number | null;

    before(async () => {
      resources = await engine.resources();
      for (const { type, name, act } of [...changes, ...removals]) await act(cloud, find(type, name));
      const seen = await engine.run(["preview", "--refresh", "--json", "--stack", "test"], everyType());
      steps = (JSON.parse(seen.output.slice(seen.output.indexOf("{"))) as { steps: typeof steps }).steps;
      ({ exitCode } = await engine.run(drift, everyType()));
    });

    it("shows drift", () => {
      expect(exitCode).to.equal(7);
    });

    it("is tried with every type", () => {
      const tried = new Set([...changes, ...removals].map(({ type }) => type));
      expect(types.map(({ token }) => token).filter((token) => !tried.has(token))).to.be.empty;
    });

    for (const { type, name, shows } of changes)
      it(`shows ${shows} of ${type}`, () => {
        const step = steps.find(({ urn, op }) => urn === find(type, name).urn && op !== "refresh");
        expect(step?.op).to.be.oneOf(["update", "replace", "create-replacement", "delete-replaced"]);
        expect(Object.keys(step?.detailedDiff ?? {}).map(propertyOf)).to.have.members(shows.split(", "));
      });

    for (const { type, name } of removals)
      it(`shows that ${type} is gone`, () => {
        const step = steps.find(({ urn, op }) => urn === find(type, name).urn && op !== "refresh");
        expect(step?.op).to.equal("create");
      });

    it("is put back by an update", async () => {
      await engine.must([...up, "--refresh"], everyType());
      await engine.must(drift, everyType());
    });
  });

  describe("when the program changes", () => {
    it("places another image by a new revision and one change of the service", async () => {
      cloud.updates.splice(0);
      const { output } = await engine.must(up, everyType({ image: "shop:2" }));
      expect(output).to.match(/~ 1 updated\s+\+-1 replaced\s+2 changes. 46 unchanged/);
      expect(cloud.updates).to.have.length(1);
      const [update] = cloud.updates;
      expect(Object.keys(update ?? {})).to.have.members(["cluster", "service", "taskDefinition"]);
      // Kept, since `skipDestroy` is set: an undo runs it.
      const { taskDefinition } = await cloud.ecs.DescribeTaskDefinition({ taskDefinition: "shop:1" });
      expect(taskDefinition?.status).to.equal("ACTIVE");
      await engine.must(drift, everyType({ image: "shop:2" }));
    });

    it("changes one property by one call, in place", async () => {
      const { output } = await engine.must(up, everyType({ image: "shop:2", healthPath: "/healthz" }));
      expect(output).to.match(/~ 2 updated\s+46 unchanged/);
    });

    it("changes tags without replacing anything", async () => {
      const { output } = await engine.must(up, everyType({ image: "shop:2", tags: { team: "a" } }));
      expect(output).not.to.include("replaced");
      await engine.must(drift, everyType({ image: "shop:2", tags: { team: "a" } }));
    });
  });

  describe("at the end", () => {
    it("is deleted without a rest", async () => {
      await engine.must(destroy, everyType());
      expect(await cloud.left()).to.be.empty;
      expect((await cloud.ec2.DescribeVpcs({})).Vpcs).to.be.empty;
      expect((await cloud.ec2.DescribeAddresses({})).Addresses).to.be.empty;
      expect((await cloud.ec2.DescribeSecurityGroups({})).SecurityGroups).to.be.empty;
      expect((await cloud.iam.ListRoles({})).Roles).to.be.empty;
      expect((await cloud.logs.DescribeLogGroups({})).logGroups).to.be.empty;
      expect((await cloud.cloudwatch.DescribeAlarms({})).MetricAlarms).to.be.empty;
      expect((await cloud.ecr.DescribeRepositories({})).repositories).to.be.empty;
      const targets = await cloud.autoscaling.DescribeScalableTargets({ ServiceNamespace: "ecs" });
      expect(targets.ScalableTargets).to.be.empty;
    });
  });
});
