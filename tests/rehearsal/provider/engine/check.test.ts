import { expect } from "chai";
import { check } from "../../../../rehearsal/provider/engine/check.ts";
import { differences } from "../../../../rehearsal/provider/engine/diff.ts";
import { inputsOf, outputsOf, previewOfCreation } from "../../../../rehearsal/provider/engine/outputs.ts";
import { replacement } from "../../../../rehearsal/provider/engine/replacement.ts";
import { serve } from "../../../../rehearsal/provider/engine/served.ts";
import { unknown } from "../../../../rehearsal/provider/schema/unknown.ts";
import { service } from "../../../../rehearsal/provider/types/ecs/service.ts";
import { targetGroup } from "../../../../rehearsal/provider/types/elbv2/targetGroup.ts";
import { type TestCloud, testCloud } from "../cloud.ts";

const naming = { logicalName: "blue", randomSeed: new Uint8Array([7]), autonaming: undefined };

describe("a checked and compared resource", () => {
  let cloud: TestCloud;
  before(async () => {
    cloud = await testCloud();
  });
  after(() => cloud.close());

  const news = { port: 80, vpcId: "vpc-1", tags: { a: "1" } };
  const defaults = { targetType: "instance", deregistrationDelay: 300, slowStart: 0 };

  /** What AWS has where the program says nothing. */
  const settled = {
    ...{ schedulingStrategy: "REPLICA", deploymentMinimumHealthyPercent: 100, deploymentMaximumPercent: 200 },
  };

  it("has a name and defaults, and keeps the name it had", () => {
    const served = serve(targetGroup, cloud);
    const { inputs, wrong } = check(served, { olds: {}, news }, naming);
    expect(wrong).to.be.empty;
    expect(inputs).to.deep.include({ ...news, ...defaults });
    expect(inputs["name"]).to.match(/^blue-[0-9a-f]{7}$/);
    const again = check(served, { olds: { name: "former" }, news }, naming);
    expect(again.inputs["name"]).to.equal("former");
  });

  it("is refused in another region, and without a name where none is made", () => {
    const served = serve(targetGroup, cloud);
    const disable = { mode: "disable", proposedName: "" } as const;
    const olds = {};
    const { wrong } = check(
      served,
      { olds, news: { ...news, region: "x" } },
      { ...naming, autonaming: disable },
    );
    expect(wrong.map(({ path }) => path)).to.have.members(["name", "region"]);
  });

  it("shows in a preview what only AWS will know", () => {
    const preview = previewOfCreation(serve(targetGroup, cloud), {
      ...{ inputs: { name: "blue", ...news }, defaultTags: { b: "2" } },
    });
    expect(preview).to.deep.include({
      arn: unknown,
      protocol: unknown,
      name: "blue",
      tagsAll: { a: "1", b: "2" },
    });
  });

  it("keeps the program's words after a read, and shows what others changed", () => {
    const served = serve(service, cloud);
    const inputs = {
      name: "blue",
      cluster: "shop",
      taskDefinition: "shop:1",
      desiredCount: 1,
      region: "eu-central-1",
    };
    const arn = "arn:aws:ecs:eu-central-1:123456789012";
    const properties = { cluster: `${arn}:cluster/shop`, taskDefinition: `${arn}:task-definition/shop:1` };
    const found = {
      id: "x",
      properties: { ...settled, ...inputs, ...properties, desiredCount: 3, tags: {} },
    };
    const outputs = outputsOf(served, found, { inputs, defaultTags: {} });
    expect(outputs).to.include({ cluster: "shop", taskDefinition: "shop:1", desiredCount: 3 });
    expect(inputsOf(served, inputs, outputs)).to.deep.equal({ ...inputs, desiredCount: 3 });

    const compared = { inputs, outputs, defaultTags: {} };
    const changed = (ignoreChanges: readonly string[]) =>
      differences(served, { ...compared, ignoreChanges }).map(({ path }) => path);
    expect(changed([])).to.deep.equal(["desiredCount"]);
    expect(changed(["desiredCount"])).to.be.empty;
  });

  it("takes another capacity provider strategy in place only with a new deployment", () => {
    const served = serve(service, cloud);
    const strategy = (capacityProvider: string) => [{ capacityProvider, weight: 1, base: 0 }];
    const inputs = { name: "blue", capacityProviderStrategies: strategy("FARGATE_SPOT") };
    const outputs = { ...settled, ...inputs, capacityProviderStrategies: strategy("FARGATE") };
    const replaced = (forceNewDeployment: boolean) => {
      const wanted = { ...inputs, ...(forceNewDeployment && { forceNewDeployment }) };
      const found = differences(served, { inputs: wanted, outputs, ignoreChanges: [], defaultTags: {} });
      return replacement(served, { found, inputs: wanted, name: "blue" });
    };
    // The program gave the name, so the old one has to go first.
    expect(replaced(false)).to.deep.equal({ properties: ["capacityProviderStrategies"], deleteFirst: true });
    expect(replaced(true)).to.deep.equal({ properties: [], deleteFirst: false });
  });

  it("carries the provider's tags besides its own", () => {
    const served = serve(targetGroup, cloud);
    const defaultTags = { team: "a" };
    const properties = { tags: { a: "1", team: "a" } };
    const outputs = outputsOf(served, { id: "x", properties }, { inputs: { tags: { a: "1" } }, defaultTags });
    expect(outputs).to.deep.include({ tags: { a: "1" }, tagsAll: { a: "1", team: "a" } });
    const inputs = { tags: { a: "1" } };
    const found = differences(served, { inputs, outputs, ignoreChanges: [], defaultTags: { team: "b" } });
    expect(found.filter(({ path }) => path.startsWith("tags"))).to.deep.equal([
      { path: "tags.team", change: "update", forceNew: false },
    ]);
  });
});
