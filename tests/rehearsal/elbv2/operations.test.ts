import { expect } from "chai";
import { eventually } from "../eventually.ts";
import { refusal } from "../refusal.ts";
import { elbWorld, healthy, stateOf, weights } from "./world.ts";

describe("ELB's operations", () => {
  let world: Awaited<ReturnType<typeof elbWorld>>;
  beforeEach(async () => {
    world = await elbWorld();
  });
  afterEach(() => world.close());

  it("read back a rule's weights as they were written", async () => {
    await world.shift(25);
    const { Rules } = await world.elbv2.DescribeRules({ RuleArns: [world.RuleArn] });
    expect(Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups).to.deep.equal([
      { TargetGroupArn: world.blue, Weight: 25 },
      { TargetGroupArn: world.green, Weight: 75 },
    ]);
  });

  it("refuse to modify a default rule: that is the listener's", async () => {
    const { Rules = [] } = await world.elbv2.DescribeRules({ ListenerArn: world.ListenerArn });
    const RuleArn = Rules.find(({ IsDefault }) => IsDefault)?.RuleArn;
    const error = await refusal(
      world.elbv2.ModifyRule({ RuleArn, Actions: [weights(world.blue, world.green, 1)] }),
    );
    expect(error.code).to.equal("OperationNotPermitted");
  });

  it("refuse weights that AWS refuses, and groups that are not there", async () => {
    const heavy = await refusal(
      world.elbv2.ModifyRule({ RuleArn: world.RuleArn, Actions: [weights(world.blue, world.green, 1000)] }),
    );
    expect(heavy.code).to.equal("ValidationError");
    const unknown = await refusal(
      world.elbv2.ModifyRule({
        RuleArn: world.RuleArn,
        Actions: [weights(world.blue, `${world.green}0`, 50)],
      }),
    );
    expect(unknown.code).to.equal("TargetGroupNotFound");
  });

  it("refuse a port, a priority and a name that are taken", async () => {
    const { LoadBalancers } = await world.elbv2.DescribeLoadBalancers({});
    const { LoadBalancerArn } = LoadBalancers?.[0] ?? {};
    const DefaultActions = [weights(world.blue, world.green, 1)];
    const port = await refusal(
      world.elbv2.CreateListener({ LoadBalancerArn, Port: 8080, Protocol: "HTTP", DefaultActions }),
    );
    expect(port.code).to.equal("DuplicateListener");
    const priority = await refusal(
      world.elbv2.CreateRule({
        ...{ ListenerArn: world.ListenerArn, Priority: 1, Actions: DefaultActions },
        Conditions: [{ Field: "path-pattern", Values: ["/x"] }],
      }),
    );
    expect(priority.code).to.equal("PriorityInUse");
  });

  it("do not delete what is in use or protected", async () => {
    expect((await refusal(world.elbv2.DeleteTargetGroup({ TargetGroupArn: world.green }))).code).to.equal(
      "ResourceInUse",
    );
    const { LoadBalancers } = await world.elbv2.DescribeLoadBalancers({});
    const { LoadBalancerArn } = LoadBalancers?.[0] ?? {};
    await world.elbv2.ModifyLoadBalancerAttributes({
      LoadBalancerArn,
      Attributes: [{ Key: "deletion_protection.enabled", Value: "true" }],
    });
    expect((await refusal(world.elbv2.DeleteLoadBalancer({ LoadBalancerArn }))).code).to.equal(
      "OperationNotPermitted",
    );
  });

  it("say that a group on no rule is unused, and check it once it is on one", async () => {
    const { address } = await world.serve(10, (_, answer) => answer.end());
    let checks = 0;
    const counted = await world.serve(11, (_, answer) => {
      checks += 1;
      answer.end();
    });
    await world.elbv2.ModifyRule({
      RuleArn: world.RuleArn,
      Actions: [{ Type: "forward", TargetGroupArn: world.blue }],
    });
    await world.elbv2.RegisterTargets({
      TargetGroupArn: world.green,
      Targets: [{ Id: counted.address, Port: 8080 }],
    });
    // A group that is checked gets healthy meanwhile: time enough for a check of the other.
    await healthy(world.elbv2, world.blue, address);
    expect(await stateOf(world.elbv2, world.green, counted.address)).to.equal("unused");
    expect(checks).to.equal(0);
    await world.shift(100);
    await eventually(async () =>
      expect(await stateOf(world.elbv2, world.green, counted.address)).to.equal("healthy"),
    );
  });

  it("say why a target is unhealthy, take it out, and take it back after the threshold", async () => {
    let status = 200;
    const { address } = await world.serve(10, (_, answer) => answer.writeHead(status).end("first"));
    const other = await world.serve(11, (_, answer) => answer.end("second"));
    await healthy(world.elbv2, world.blue, address);
    await healthy(world.elbv2, world.blue, other.address);
    status = 500;
    await eventually(async () =>
      expect(await stateOf(world.elbv2, world.blue, address)).to.equal("unhealthy"),
    );
    const { TargetHealthDescriptions = [] } = await world.elbv2.DescribeTargetHealth({
      TargetGroupArn: world.blue,
    });
    const health = TargetHealthDescriptions.find(({ Target }) => Target?.Id === address)?.TargetHealth;
    expect(health?.Reason).to.equal("Target.ResponseCodeMismatch");
    expect(health?.Description).to.equal("Health checks failed with these codes: [500]");
    for (let asked = 0; asked < 10; asked++) expect(await (await fetch(world.url)).text()).to.equal("second");
    status = 200;
    await eventually(async () => expect(await stateOf(world.elbv2, world.blue, address)).to.equal("healthy"));
  });

  it("fail open where no target is healthy", async () => {
    const { address } = await world.serve(10, ({ url }, answer) =>
      answer.writeHead(url === "/healthz" ? 500 : 200).end("open"),
    );
    await world.elbv2.RegisterTargets({ TargetGroupArn: world.blue, Targets: [{ Id: address, Port: 8080 }] });
    await eventually(async () =>
      expect(await stateOf(world.elbv2, world.blue, address)).to.equal("unhealthy"),
    );
    expect(await (await fetch(world.url)).text()).to.equal("open");
  });

  it("check attributes before they write any", async () => {
    const error = await refusal(
      world.elbv2.ModifyTargetGroupAttributes({
        TargetGroupArn: world.blue,
        Attributes: [
          { Key: "slow_start.duration_seconds", Value: "30" },
          { Key: "deregistration_delay.timeout_seconds", Value: "4000" },
        ],
      }),
    );
    expect(error.code).to.equal("ValidationError");
    const { Attributes } = await world.elbv2.DescribeTargetGroupAttributes({ TargetGroupArn: world.blue });
    expect(Attributes).to.deep.include({ Key: "slow_start.duration_seconds", Value: "0" });
  });

  it("refuse a parameter that they do not act on", async () => {
    const error = await refusal(
      world.elbv2.CreateListener({
        SslPolicy: "ELBSecurityPolicy-2016-08",
        Port: 1,
        Protocol: "HTTPS",
        DefaultActions: [],
        LoadBalancerArn: "",
      }),
    );
    expect(error.message).to.include("SslPolicy");
  });
});
