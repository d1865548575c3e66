import { expect } from "chai";
import { partsOf } from "../../../rehearsal/cloud/codedeploy/configs.ts";
import { readAppSpec } from "../../../rehearsal/cloud/codedeploy/appSpec.ts";

const whole = `
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:7"
        LoadBalancerInfo: { ContainerName: shop, ContainerPort: 8080 }
        PlatformVersion: LATEST
        NetworkConfiguration:
          AwsvpcConfiguration: { Subnets: [subnet-1], SecurityGroups: [sg-1], AssignPublicIp: DISABLED }
        CapacityProviderStrategy:
          - { CapacityProvider: FARGATE_SPOT, Weight: 1 }
Hooks:
  - BeforeInstall: first
  - AfterAllowTraffic: last
`;

describe("an AppSpec for ECS", () => {
  it("is read as YAML", () => {
    expect(readAppSpec(whole)).to.deep.equal({
      taskDefinition: "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:7",
      container: { name: "shop", port: 8080 },
      platformVersion: "LATEST",
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"], assignPublicIp: "DISABLED" },
      },
      capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 }],
      hooks: { BeforeInstall: "first", AfterAllowTraffic: "last" },
    });
  });

  for (const [what, content, words] of [
    ["that is neither YAML nor JSON", ": {", /not valid/],
    ["that is a word", "deploy", /neither YAML nor JSON/],
    ["of another version", whole.replace("0.0", "1.0"), /version must be 0.0/],
    ["without a service", "version: 0.0\nResources: []", /exactly one TargetService/],
    [
      "of another resource",
      whole.replace("AWS::ECS::Service", "AWS::Lambda::Function"),
      /must be AWS::ECS::Service/,
    ],
    ["without a task definition", whole.replace("TaskDefinition:", "Other:"), /must have a TaskDefinition/],
    ["without a port", whole.replace(", ContainerPort: 8080", ""), /ContainerName and ContainerPort/],
    [
      "with a hook at CodeDeploy's own event",
      whole.replace("BeforeInstall", "Install"),
      /Install is no lifecycle event/,
    ],
  ] as const)
    it(`${what} is refused, with the reason`, () => {
      expect(() => readAppSpec(content))
        .to.throw(words)
        .with.property("code", "InvalidRevisionException");
    });
});

describe("a deployment configuration's parts", () => {
  it("are everything, a canary and the rest, or equal parts", () => {
    const of = (trafficRoutingConfig: Parameters<typeof partsOf>[0]["trafficRoutingConfig"]) =>
      partsOf({ trafficRoutingConfig }).map(({ percent, minutes }) => `${percent} for ${minutes}`);
    expect(of({ type: "AllAtOnce" })).to.deep.equal(["100 for 0"]);
    expect(
      of({ type: "TimeBasedCanary", timeBasedCanary: { canaryPercentage: 10, canaryInterval: 5 } }),
    ).to.deep.equal(["10 for 5", "100 for 0"]);
    expect(
      of({ type: "TimeBasedLinear", timeBasedLinear: { linearPercentage: 30, linearInterval: 3 } }),
    ).to.deep.equal(["30 for 3", "60 for 3", "90 for 3", "100 for 0"]);
  });
});
