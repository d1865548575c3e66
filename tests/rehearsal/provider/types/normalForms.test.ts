import { expect } from "chai";
import { actionList, fromActions, toActions } from "../../../../rehearsal/provider/types/elbv2/actions.ts";
import {
  conditionSet,
  fromConditions,
  toConditions,
} from "../../../../rehearsal/provider/types/elbv2/conditions.ts";
import { policy } from "../../../../rehearsal/provider/types/iam/policies.ts";
import {
  inlineRules,
  rulesOf,
  singlePermissions,
} from "../../../../rehearsal/provider/types/ec2/permissions.ts";
import { serviceProperties } from "../../../../rehearsal/provider/types/ecs/serviceProperties.ts";

type Actions = Parameters<typeof toActions>[0];
type Conditions = Parameters<typeof toConditions>[0];

/** What differs after the program's value went to AWS and came back as AWS writes it. */
function afterAws(actions: unknown): number {
  const wanted = actionList.accept(actions, "actions", []);
  const answered = toActions(wanted).map((one) => {
    const groups = one.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: one.TargetGroupArn, Weight: 1 }];
    if (one.Type !== "forward") return one;
    const TargetGroupStickinessConfig = one.ForwardConfig?.TargetGroupStickinessConfig ?? { Enabled: false };
    const ForwardConfig = { TargetGroups: groups.toReversed(), TargetGroupStickinessConfig };
    return { ...one, ForwardConfig, ...(groups.length === 1 && groups[0]), Order: 1 };
  });
  return actionList.differences(wanted, fromActions(answered) as Actions, "actions").length;
}

describe("actions of rules and listeners", () => {
  const two = [
    { arn: "a", weight: 100 },
    { arn: "b", weight: 0 },
  ];

  it("mean the same as AWS answers them", () => {
    expect(afterAws([{ type: "forward", targetGroupArn: "a" }])).to.equal(0);
    expect(afterAws([{ type: "forward", forward: { targetGroups: [{ arn: "a", weight: 100 }] } }])).to.equal(
      0,
    );
    expect(afterAws([{ type: "forward", forward: { targetGroups: two } }])).to.equal(0);
    const stickiness = { enabled: true, duration: 60 };
    expect(afterAws([{ type: "forward", forward: { targetGroups: two, stickiness } }])).to.equal(0);
    const fixedResponse = { contentType: "text/plain", messageBody: "no", statusCode: "503" };
    expect(afterAws([{ type: "fixed-response", fixedResponse }])).to.equal(0);
    expect(afterAws([{ type: "redirect", redirect: { statusCode: "HTTP_301", port: "443" } }])).to.equal(0);
  });

  it("differ by a weight, a group, a stickiness", () => {
    const wanted = actionList.accept([{ type: "forward", forward: { targetGroups: two } }], "actions", []);
    const differ = (forward: object) =>
      actionList.differences(wanted, [{ type: "forward", forward }] as unknown as Actions, "actions").length;
    expect(differ({ targetGroups: two })).to.equal(0);
    expect(differ({ targetGroups: [two[0], { arn: "b", weight: 1 }] })).to.equal(1);
    expect(differ({ targetGroups: [two[0]] })).to.equal(1);
    expect(differ({ targetGroups: two, stickiness: { enabled: true, duration: 60 } })).to.equal(1);
  });
});

describe("conditions of rules", () => {
  const conditions = [
    { pathPattern: { values: ["/a", "/b"] } },
    { hostHeader: { values: ["h"] } },
    { sourceIp: { values: ["10.0.0.0/8"] } },
    { httpRequestMethod: { values: ["GET"] } },
    { httpHeader: { httpHeaderName: "x", values: ["1"] } },
    { queryStrings: [{ key: "k", value: "v" }, { value: "w" }] },
  ];

  it("mean the same as AWS answers them, in any order", () => {
    const wanted = conditionSet.accept(conditions, "conditions", []);
    const back = fromConditions(toConditions(wanted).toReversed()) as Conditions;
    expect(conditionSet.differences(wanted, back, "conditions")).to.be.empty;
    expect(conditionSet.differences(wanted, back.slice(1), "conditions")).to.have.length(1);
  });
});

describe("policy documents", () => {
  const written = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: statement });

  it("do not tell one from a list of one, nor orders", () => {
    const a = written([{ Effect: "Allow", Action: ["a", "b"], Resource: "*" }]);
    const b = written({ Resource: ["*"], Action: ["b", "a"], Effect: "Allow" });
    expect(policy.differences(a, b, "policy")).to.be.empty;
  });

  it("differ by an action", () => {
    const [a, b] = ["a", "b"].map((Action) => written([{ Effect: "Allow", Action, Resource: "*" }]));
    expect(policy.differences(a, b, "policy")).to.have.length(1);
  });
});

describe("rules in a security group", () => {
  const rules = inlineRules.accept(
    [{ protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["10.0.0.0/8"], self: true, description: "d" }],
    "ingress",
    [],
  );

  it("mean the same however they are grouped", () => {
    const [one] = rules;
    if (!one) throw new Error("there is no rule");
    const split = [
      { ...one, self: false },
      { ...one, cidrBlocks: [] },
    ];
    expect(inlineRules.differences(rules, split, "ingress")).to.be.empty;
    expect(inlineRules.differences(rules, split.slice(1), "ingress")).to.have.length(1);
  });

  it("come back from AWS as they went there", () => {
    const back = rulesOf(singlePermissions(rules, "sg-1"), "sg-1");
    expect(inlineRules.differences(rules, back, "ingress")).to.be.empty;
  });
});

describe("a service's references", () => {
  it("are names or ARNs", () => {
    const { cluster, taskDefinition } = serviceProperties;
    expect(cluster.kind.differences("shop", "arn:aws:ecs:r:1:cluster/shop", "")).to.be.empty;
    expect(cluster.kind.differences("other", "arn:aws:ecs:r:1:cluster/shop", "")).to.have.length(1);
    const arn = "arn:aws:ecs:r:1:task-definition/shop:7";
    expect(taskDefinition.kind.differences("shop:7", arn, "")).to.be.empty;
    expect(taskDefinition.kind.differences("shop:8", arn, "")).to.have.length(1);
  });
});
