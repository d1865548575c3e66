import type { CreateDeploymentGroupInput } from "@aws-sdk/client-codedeploy";
import { expect } from "chai";
import { refusal } from "../refusal.ts";
import { names, openStage, type Stage } from "./stage.ts";

describe("the rehearsal's CodeDeploy groups and applications", function () {
  this.timeout(60_000);
  let at: Stage;
  before(async () => {
    at = await openStage();
  });
  after(() => at?.close());

  it("show what they were made with", async () => {
    const { deploymentGroupInfo } = await at.codedeploy.GetDeploymentGroup(names);
    const { applicationName, deploymentGroupName, ...rest } = at.group;
    expect(deploymentGroupInfo).to.deep.include({
      applicationName,
      deploymentGroupName,
      computePlatform: "ECS",
    });
    for (const [key, value] of Object.entries(rest))
      expect(deploymentGroupInfo?.[key as keyof typeof deploymentGroupInfo], key).to.deep.equal(value);
    const { application } = await at.codedeploy.GetApplication({ applicationName: "shop" });
    expect(application).to.include({
      applicationName: "shop",
      computePlatform: "ECS",
      linkedToGitHub: false,
    });
    expect((await at.codedeploy.ListApplications({})).applications).to.deep.equal(["shop"]);
    expect((await at.codedeploy.ListDeploymentGroups(names)).deploymentGroups).to.deep.equal(["shop"]);
  });

  it("change what an update names, and keep the rest", async () => {
    const { deploymentGroupInfo: before } = await at.codedeploy.GetDeploymentGroup(names);
    await at.codedeploy.UpdateDeploymentGroup({
      ...{ applicationName: "shop", currentDeploymentGroupName: "shop", newDeploymentGroupName: "other" },
      deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent5Minutes",
    });
    const { deploymentGroupInfo: after } = await at.codedeploy.GetDeploymentGroup({
      ...{ applicationName: "shop", deploymentGroupName: "other" },
    });
    expect(after).to.deep.equal({
      ...before,
      ...{
        deploymentGroupName: "other",
        deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent5Minutes",
      },
    });
    await at.codedeploy.UpdateDeploymentGroup({
      ...{ applicationName: "shop", currentDeploymentGroupName: "other", newDeploymentGroupName: "shop" },
    });
  });

  const wrong: readonly (readonly [string, Partial<CreateDeploymentGroupInput>, string])[] = [
    ["an unknown configuration", { deploymentConfigName: "Mine" }, "DeploymentConfigDoesNotExistException"],
    [
      "in-place style",
      { deploymentStyle: { deploymentType: "IN_PLACE" } },
      "InvalidDeploymentStyleException",
    ],
    [
      "no way to be ready",
      { blueGreenDeploymentConfiguration: {} },
      "InvalidBlueGreenDeploymentConfigurationException",
    ],
    [
      "a wait that it would not wait for",
      {
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 5 },
          terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE" },
        },
      },
      "InvalidBlueGreenDeploymentConfigurationException",
    ],
    [
      "one target group",
      { loadBalancerInfo: { targetGroupPairInfoList: [{ targetGroups: [{ name: "green" }] }] } },
      "InvalidTargetGroupPairException",
    ],
    [
      "a service that is not there",
      { ecsServices: [{ clusterName: "shop", serviceName: "gone" }] },
      "InvalidECSServiceException",
    ],
    ["another group's service", {}, "ECSServiceMappingLimitExceededException"],
  ];
  for (const [what, change, code] of wrong)
    it(`refuse ${what}`, async () => {
      const input = { ...at.group, deploymentGroupName: "second", ...change };
      expect((await refusal(at.codedeploy.CreateDeploymentGroup(input))).code).to.equal(code);
      expect((await at.codedeploy.ListDeploymentGroups(names)).deploymentGroups).to.deep.equal(["shop"]);
    });

  it("refuse what is there already, and what is not", async () => {
    const again = await refusal(
      at.codedeploy.CreateApplication({ applicationName: "shop", computePlatform: "ECS" }),
    );
    expect(again.code).to.equal("ApplicationAlreadyExistsException");
    const server = await refusal(
      at.codedeploy.CreateApplication({ applicationName: "a", computePlatform: "Server" }),
    );
    expect(server.code).to.equal("InvalidComputePlatformException");
    const application = await refusal(at.codedeploy.GetApplication({ applicationName: "none" }));
    expect(application.code).to.equal("ApplicationDoesNotExistException");
    const group = await refusal(at.codedeploy.GetDeploymentGroup({ ...names, deploymentGroupName: "none" }));
    expect(group.code).to.equal("DeploymentGroupDoesNotExistException");
    const deployment = await refusal(at.codedeploy.GetDeployment({ deploymentId: "d-NONE" }));
    expect(deployment.code).to.equal("DeploymentDoesNotExistException");
  });

  it("are deleted, and deleting them again is no error", async () => {
    await at.codedeploy.DeleteDeploymentGroup(names);
    await at.codedeploy.DeleteDeploymentGroup(names);
    await at.codedeploy.DeleteApplication({ applicationName: "shop" });
    await at.codedeploy.DeleteApplication({ applicationName: "shop" });
    expect((await at.codedeploy.ListApplications({})).applications).to.deep.equal([]);
  });
});
