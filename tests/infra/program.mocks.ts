import { expect } from "chai";
import type { Release } from "../../infra/release.ts";
import { releaseHash } from "../../infra/releaseHash.ts";
import { type Asked, digest, type Run, runProgram } from "./runProgram.ts";
import { stackFile } from "../../scripts/stackFile.ts";

const plain = { "turnout:name": "shop", "turnout:image": "shop:1.0" };
const certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/1";

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const listener = "aws:lb/listener:Listener";
const rule = "aws:lb/listenerRule:ListenerRule";
const service = "aws:ecs/service:Service";
const taskDefinition = "aws:ecs/taskDefinition:TaskDefinition";

describe("the program's network", () => {
  it("opens only the load balancer's ports, and those as configured", async () => {
    const run = await runProgram({
      configuration: {
        ...plain,
        "turnout:httpPort": 8080,
        "turnout:testPort": 9090,
        "turnout:testCidrs": ["203.0.113.0/24"],
      },
    });
    const open = run
      .all(ingress)
      .filter((asked) => asked.inputs["cidrIpv4"] !== undefined)
      .map(
        ({ inputs }) => `${text(inputs["fromPort"])}-${text(inputs["toPort"])} ${text(inputs["cidrIpv4"])}`,
      );
    expect(open).to.have.members([
      "8080-8080 0.0.0.0/0",
      "9090-9090 203.0.113.0/24",
      "9090-9090 198.51.100.7/32",
      "9090-9090 198.51.100.7/32",
    ]);
    expect(run.all("aws:ec2/securityGroup:SecurityGroup").flatMap(({ inputs }) => inputs["ingress"] ?? [])).to
      .be.empty;
  });

  it("lets nothing but the load balancer reach tasks", async () => {
    const run = await runProgram({ configuration: plain });
    const toTasks = run.all(ingress).filter(({ inputs }) => inputs["securityGroupId"] === "tasks-id");
    expect(toTasks).to.have.length(1);
    expect(toTasks[0]?.inputs).to.include({ referencedSecurityGroupId: "load-balancer-id" });
    expect(toTasks[0]?.inputs).not.to.have.property("cidrIpv4");
  });

  it("puts tasks in private subnets, and in public ones only without a NAT gateway", async () => {
    const withNat = await runProgram({ configuration: plain });
    expect(network(withNat.one(service, "blue"))).to.deep.include({
      subnets: ["private-1", "private-2"],
      assignPublicIp: false,
    });
    const without = await runProgram({ configuration: { ...plain, "turnout:nat": "none" } });
    expect(network(without.one(service, "blue"))).to.deep.include({
      subnets: ["public-1", "public-2"],
      assignPublicIp: true,
    });
    expect(without.all("aws:ec2/eip:Eip")).to.be.empty;
  });

  it("uses an existing VPC by its id and makes none", async () => {
    const run = await runProgram({
      configuration: {
        ...plain,
        "turnout:vpcId": "vpc-0a",
        "turnout:publicSubnets": ["subnet-1", "subnet-2"],
        "turnout:privateSubnets": ["subnet-3"],
      },
    });
    expect(run.all("awsx:ec2:Vpc")).to.be.empty;
    expect(run.one("aws:lb/loadBalancer:LoadBalancer", "load-balancer").inputs["subnets"]).to.deep.equal([
      "subnet-1",
      "subnet-2",
    ]);
    expect(network(run.one(service, "green"))["subnets"]).to.deep.equal(["subnet-3"]);
  });
});

describe("the program's load balancer", () => {
  it("carries both target groups on the production rule at 100/0, and looks away afterwards", async () => {
    const run = await runProgram({ configuration: plain });
    const production = run.one(rule, "production");
    expect(weights(production)).to.deep.equal([
      ["TargetGroup/blue", 100],
      ["TargetGroup/green", 0],
    ]);
    expect(production.ignoreChanges).to.deep.equal(["actions"]);
    const test = run.one(rule, "test");
    expect(weights(test)).to.deep.equal([["TargetGroup/green", 100]]);
    expect(test.ignoreChanges).to.deep.equal(["actions"]);
  });

  it("answers 503 by default on both listeners", async () => {
    const run = await runProgram({ configuration: plain });
    for (const name of ["production", "test"]) {
      const [action] = run.one(listener, name).inputs["defaultActions"] as { fixedResponse: object }[];
      expect(action).to.include({ type: "fixed-response" });
      expect(action?.fixedResponse).to.include({ statusCode: "503" });
    }
  });

  it("gives HTTPS and only a redirect on HTTP with a certificate, plain HTTP without", async () => {
    const secure = await runProgram({ configuration: { ...plain, "turnout:certificate": certificate } });
    const tls = { protocol: "HTTPS", certificateArn: certificate };
    expect(secure.one(listener, "production").inputs).to.include({ port: 443, ...tls });
    expect(secure.one(listener, "test").inputs).to.include({ port: 8443, ...tls });
    const redirect = secure.one(listener, "redirect").inputs;
    expect(redirect).to.include({ port: 80, protocol: "HTTP" });
    expect(redirect["defaultActions"]).to.deep.equal([
      { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
    ]);
    expect(secure.outputs.loadBalancer.url).to.equal("https://balancer.example.com");

    const open = await runProgram({ configuration: plain });
    expect(open.one(listener, "production").inputs).to.include({ port: 80, protocol: "HTTP" });
    expect(open.all(listener)).to.have.length(2);
    expect(open.outputs.loadBalancer.testUrl).to.equal("http://balancer.example.com:8443");
  });

  it("is protected from deletion in production, and logs its requests", async () => {
    const run = await runProgram({ configuration: stackFile("prod").config });
    expect(run.one("aws:lb/loadBalancer:LoadBalancer", "load-balancer").inputs).to.deep.include({
      enableDeletionProtection: true,
      accessLogs: { bucket: "shop-access-logs", prefix: "shop-test", enabled: true },
    });
  });

  it("has a target group a colour, which no change of port replaces", async () => {
    const run = await runProgram({ configuration: { ...plain, "turnout:port": 3000 }, pushed: true });
    for (const colour of ["blue", "green"])
      expect(run.one("aws:lb/targetGroup:TargetGroup", colour).inputs).to.include({
        port: 80,
        targetType: "ip",
      });
  });
});

describe("the program's roles", () => {
  const secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/database-url-AbCdEf";

  it("gives the task role nothing, and no statement with *", async () => {
    const run = await runProgram({ configuration: plain });
    expect(
      run.all("aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) => inputs["role"] === "shop-test-task"),
    ).to.be.empty;
    expect(run.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")).to.be.empty;
  });

  it("attaches to the task role exactly the configured policies", async () => {
    const policyArn = "arn:aws:iam::123456789012:policy/orders";
    const run = await runProgram({ configuration: { ...plain, "turnout:taskPolicies": [policyArn] } });
    const attached = run.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(({ inputs }) => inputs);
    expect(attached).to.deep.equal([{ role: "shop-test-task", policyArn }]);
  });

  it("lets ECS decrypt with exactly the configured keys, where the release has secrets", async () => {
    const key = "arn:aws:kms:eu-central-1:123456789012:key/0123abcd-0000-4000-8000-00000000beef";
    const configuration = { ...plain, "turnout:secrets": { DATABASE_URL: secret }, "turnout:kmsKeys": [key] };
    const run = await runProgram({ configuration, pushed: true });
    expect(resources(statements(run, "execution-blue"), "kms:Decrypt")).to.deep.equal([key]);
    expect(resources(statements(run, "execution-green"), "kms:Decrypt")).to.be.empty;
  });

  it("lets ECS read exactly the release's secrets, one log group and one repository", async () => {
    const run = await runProgram({
      configuration: { ...plain, "turnout:secrets": { DATABASE_URL: `${secret}:url::` } },
      pushed: true,
    });
    const blue = statements(run, "execution-blue");
    expect(resources(blue, "secretsmanager:GetSecretValue")).to.deep.equal([secret]);
    expect(resources(blue, "ecr:BatchGetImage")).to.have.length(1);
    expect(resources(blue, "logs:PutLogEvents")).to.deep.equal([
      "arn:aws:any:eu-central-1:123456789012:LogGroup/blue:log-stream:*",
    ]);
    const everywhere = blue.filter((statement) => statement.Resource.includes("*"));
    expect(everywhere.map((statement) => statement.Action)).to.deep.equal([["ecr:GetAuthorizationToken"]]);
    // Green has no release yet, so it may read no secret.
    expect(resources(statements(run, "execution-green"), "secretsmanager:GetSecretValue")).to.be.empty;
  });
});

describe("the program's colours", () => {
  it("start at zero with a placeholder while the registry has no image", async () => {
    const run = await runProgram({ configuration: plain, pushed: false });
    expect(run.one(service, "blue").inputs["desiredCount"]).to.equal(0);
    expect(run.one(service, "green").inputs["desiredCount"]).to.equal(0);
    expect(run.outputs.record).to.deep.equal({ blue: null, green: null, recent: [] });
  });

  it("puts the first image on blue, pinned to its digest, and records what AWS answered", async () => {
    const run = await runProgram({ configuration: { ...plain, "turnout:initialCount": 3 }, pushed: true });
    expect(run.one(service, "blue").inputs["desiredCount"]).to.equal(3);
    expect(run.one(service, "green").inputs["desiredCount"]).to.equal(0);
    const { blue, green, recent } = run.outputs.record;
    expect(blue?.release.image).to.equal(`123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@${digest}`);
    expect(blue?.taskDefinition).to.match(/task-definition\/shop-test-blue:7$/);
    expect(green).to.equal(null);
    expect(recent).to.deep.equal([blue]);
  });

  it("fails on a registry error that is not a missing image", async () => {
    const run = runProgram({ configuration: plain, registryFails: "AccessDeniedException: not authorized" });
    expect(await messageOf(run)).to.match(/AccessDeniedException/);
  });

  it("leaves counts, weights and suspended flags to others, and autoscaling on where tasks begin with traffic", async () => {
    const run = await runProgram({ configuration: plain, pushed: true });
    const suspended = { blue: false, green: true } as const;
    for (const colour of ["blue", "green"] as const) {
      expect(run.one(service, colour).ignoreChanges).to.include("desiredCount");
      const target = run.one("aws:appautoscaling/target:Target", colour);
      expect(target.ignoreChanges).to.deep.equal(["suspendedState"]);
      const flags = Object.values(target.inputs["suspendedState"] as object);
      expect(flags).to.deep.equal([suspended[colour], suspended[colour], suspended[colour]]);
    }
  });

  it("are checked and slowed as configured", async () => {
    const run = await runProgram({
      configuration: {
        ...plain,
        "turnout:healthPath": "/alive",
        "turnout:healthInterval": 25,
        "turnout:healthTimeout": 7,
        "turnout:healthyThreshold": 3,
        "turnout:unhealthyThreshold": 5,
        "turnout:slowStart": 45,
        "turnout:deregistrationDelay": 90,
        "turnout:healthGrace": 70,
      },
      pushed: true,
    });
    // Green has no release yet, and so no health path of one.
    for (const [colour, path] of [["blue", "/alive"] as const, ["green", "/"] as const]) {
      const { inputs } = run.one("aws:lb/targetGroup:TargetGroup", colour);
      expect(inputs).to.include({ slowStart: 45, deregistrationDelay: 90 });
      const checks = { interval: 25, timeout: 7, healthyThreshold: 3, unhealthyThreshold: 5 };
      expect(inputs["healthCheck"]).to.include({ path, ...checks });
      expect(run.one(service, colour).inputs).to.include({ healthCheckGracePeriodSeconds: 70 });
    }
  });

  it("scale between the configured counts, keep output as long as configured, and have the cluster's insights", async () => {
    const run = await runProgram({
      configuration: {
        ...plain,
        "turnout:minCount": 3,
        "turnout:maxCount": 17,
        "turnout:logRetention": 7,
        "turnout:containerInsights": "enhanced",
      },
    });
    for (const colour of ["blue", "green"]) {
      const bounds = { minCapacity: 3, maxCapacity: 17 };
      expect(run.one("aws:appautoscaling/target:Target", colour).inputs).to.include(bounds);
      expect(run.one("aws:cloudwatch/logGroup:LogGroup", colour).inputs).to.include({ retentionInDays: 7 });
    }
    const settings = [{ name: "containerInsights", value: "enhanced" }];
    expect(run.one("aws:ecs/cluster:Cluster", "cluster").inputs).to.deep.include({ settings });
  });

  it("makes services only after the rules, for ECS refuses a target group on no load balancer", async () => {
    const run = await runProgram({ configuration: plain });
    for (const colour of ["blue", "green"])
      expect(
        run.one(service, colour).dependencies.filter((urn) => urn.includes("ListenerRule")),
      ).to.have.length(2);
  });

  it("keeps former task definitions and stops failing deployments without rolling back", async () => {
    const run = await runProgram({ configuration: plain, pushed: true });
    expect(run.one(taskDefinition, "blue").inputs["skipDestroy"]).to.equal(true);
    expect(run.one(service, "blue").inputs["deploymentCircuitBreaker"]).to.deep.equal({
      enable: true,
      rollback: false,
    });
  });

  it("names exactly the four resources that a placement changes, the service last", async () => {
    const run = await runProgram({ configuration: plain });
    const { release, service } = run.outputs.colours.green.urns;
    expect([...release, service].map((urn) => urn.split("$").at(-1))).to.deep.equal([
      "aws:iam/rolePolicy:RolePolicy::execution-green",
      "aws:lb/targetGroup:TargetGroup::green",
      "aws:ecs/taskDefinition:TaskDefinition::green",
      "aws:ecs/service:Service::green",
    ]);
  });
});

describe("the program on a stack with a record", () => {
  it("builds a colour from the record and never from the configuration", async () => {
    const first = await runProgram({ configuration: plain, pushed: true });
    const changed = {
      ...plain,
      "turnout:image": "shop:9.9",
      "turnout:port": 9999,
      "turnout:healthPath": "/other",
      "turnout:environment": { A: "b" },
    };
    const second = await runProgram({ configuration: changed, prior: prior(first), pushed: true });
    for (const type of [service, taskDefinition, "aws:lb/targetGroup:TargetGroup"])
      for (const colour of ["blue", "green"])
        expect(unplaced(second.one(type, colour))).to.deep.equal(unplaced(first.one(type, colour)));
    expect(second.outputs.record).to.deep.equal(first.outputs.record);
    expect(second.outputs.next.port).to.equal(9999);
  });

  it("runs the recorded revision even where a failed placement left a newer one", async () => {
    const first = await runProgram({ configuration: plain, pushed: true });
    const { record } = first.outputs;
    const old = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-test-blue:3";
    const before = { ...record, blue: record.blue && { ...record.blue, taskDefinition: old } };
    const run = await runProgram({ configuration: plain, prior: { ...prior(first), record: before } });
    expect(run.one(service, "blue").inputs["taskDefinition"]).to.equal(old);
    expect(run.one(taskDefinition, "blue").ignoreChanges).to.include("containerDefinitions");
    expect(run.outputs.record.blue?.taskDefinition).to.equal(old);
  });

  it("places a release on one colour, with its hash on the task definition", async () => {
    const first = await runProgram({ configuration: plain, pushed: true });
    const release = next(first);
    const run = await runProgram({
      configuration: plain,
      prior: prior(first),
      placement: { colour: "green", release },
    });
    const green = run.one(taskDefinition, "green");
    expect(green.inputs["tags"]).to.deep.equal({ "turnout:release": releaseHash(release) });
    expect(green.ignoreChanges).to.be.empty;
    expect(run.one(service, "green").inputs["taskDefinition"]).to.match(/shop-test-green:7$/);
    expect(run.one(service, "green").ignoreChanges).to.deep.equal(["desiredCount"]);
    expect(run.one(service, "blue").ignoreChanges).to.deep.equal([
      "desiredCount",
      "healthCheckGracePeriodSeconds",
      "deploymentCircuitBreaker",
      "deploymentMinimumHealthyPercent",
      "deploymentMaximumPercent",
    ]);
    expect(run.outputs.record.green?.release).to.deep.equal(release);
    expect(run.outputs.record.blue).to.deep.equal(first.outputs.record.blue);
    expect(run.outputs.record.recent.map((spec) => spec.release.tag)).to.deep.equal(["shop:1.1", "shop:1.0"]);
  });

  it("places a release over the live one: ECS may go back to what it replaces, and it may start at any time", async () => {
    const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}`;
    const percents = { "turnout:minimumHealthyPercent": 50, "turnout:maximumPercent": 150 };
    const configuration = { ...plain, ...percents, "turnout:secrets": { PASSWORD: secret("old") } };
    const first = await runProgram({ configuration, pushed: true });
    const release = { ...next(first), secrets: { PASSWORD: secret("new") } };
    const placement = { colour: "blue", release, inPlace: true } as const;
    const run = await runProgram({ configuration, prior: prior(first), placement });
    const { blue: before } = first.outputs.record;
    expect(run.outputs.record.blue?.release).to.deep.equal(release);
    expect(run.outputs.record.blue?.replaced).to.deep.equal(before);
    const plainRun = await runProgram({ configuration, prior: prior(run) });
    // A process that died in the middle makes the next one place it again.
    const again = await runProgram({ configuration, prior: prior(run), placement });
    for (const each of [run, plainRun, again]) {
      const { inputs } = each.one(service, "blue");
      expect(inputs["deploymentCircuitBreaker"]).to.deep.equal({ enable: true, rollback: true });
      expect(inputs["deploymentMinimumHealthyPercent"]).to.equal(50);
      expect(inputs["deploymentMaximumPercent"]).to.equal(150);
      const policy = text(each.one("aws:iam/rolePolicy:RolePolicy", "execution-blue").inputs["policy"]);
      expect(policy).to.contain(secret("old")).and.to.contain(secret("new"));
      const { outputs } = each;
      expect(outputs.record.blue?.replaced).to.deep.equal(before);
      expect(outputs.record.recent.every((revision) => !("replaced" in revision))).to.equal(true);
    }
  });

  it("puts a former spec back with the task definition that it had, and registers none", async () => {
    const first = await runProgram({ configuration: plain, pushed: true });
    const { blue: spec } = first.outputs.record;
    if (!spec) throw new Error("blue has no release");
    const release = next(first);
    const placed = await runProgram({
      ...{ configuration: plain, prior: prior(first) },
      placement: { colour: "blue", release, inPlace: true },
    });
    const run = await runProgram({
      ...{ configuration: plain, prior: prior(placed) },
      placement: { colour: "blue", spec },
    });
    expect(run.outputs.record.blue).to.deep.equal(spec);
    expect(run.one(service, "blue").inputs["taskDefinition"]).to.equal(spec.taskDefinition);
    // With spot any update restarts tasks, and these run already.
    expect(run.one(service, "blue").ignoreChanges).to.include("deploymentCircuitBreaker");
    expect(run.one(taskDefinition, "blue").ignoreChanges).to.include("containerDefinitions");
  });

  it("refuses a placement with another configuration than the one that was last applied", async () => {
    const first = await runProgram({ configuration: plain, pushed: true });
    const placed = runProgram({
      configuration: { ...plain, "turnout:bake": 1 },
      prior: prior(first),
      placement: { colour: "green", release: next(first) },
    });
    expect(await messageOf(placed)).to.match(/configuration is not the one that was last applied/);
  });

  it("refuses a placement on a stack that was never applied, and by another version", async () => {
    const first = await runProgram({ configuration: plain, pushed: true });
    const placement = { colour: "green", release: next(first) } as const;
    expect(await messageOf(runProgram({ configuration: plain, placement }))).to.match(/never applied/);
    const versions = { ...first.outputs.versions, program: "0.0.1" };
    const other = runProgram({ configuration: plain, prior: { ...prior(first), versions }, placement });
    expect(await messageOf(other)).to.match(/0\.0\.1/);
  });

  it("touches nothing when the configuration is wrong", async () => {
    const run = runProgram({ configuration: { ...plain, "turnout:cpu": 300 } });
    expect(await messageOf(run)).to.match(/turnout:cpu is `300`; allowed: one of 256/);
  });
});

describe("the program's alarms and registry", () => {
  it("watches errors and unhealthy targets of both colours, and says so where configured", async () => {
    const topic = "arn:aws:sns:eu-central-1:123456789012:shop";
    const run = await runProgram({ configuration: { ...plain, "turnout:alarmTopics": [topic] } });
    const alarms = run.all("aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(
      alarms.map(({ inputs }) => `${text(inputs["name"])} ${text(inputs["metricName"])}`),
    ).to.have.members([
      "shop-test-load-balancer-5xx HTTPCode_ELB_5XX_Count",
      "shop-test-blue-5xx HTTPCode_Target_5XX_Count",
      "shop-test-green-5xx HTTPCode_Target_5XX_Count",
      "shop-test-blue-unhealthy UnHealthyHostCount",
      "shop-test-green-unhealthy UnHealthyHostCount",
    ]);
    for (const { inputs } of alarms) expect(inputs["alarmActions"]).to.deep.equal([topic]);
  });

  it("never overwrites a tag, scans on push, and spares images that an undo needs", async () => {
    const run = await runProgram({ configuration: plain });
    expect(run.one("aws:ecr/repository:Repository", "repository").inputs).to.deep.include({
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
    });
    const { rules } = JSON.parse(
      text(run.one("aws:ecr/lifecyclePolicy:LifecyclePolicy", "images").inputs["policy"]),
    ) as { rules: { rulePriority: number; selection: { tagPrefixList?: string[] } }[] };
    expect(rules.find((one) => one.rulePriority === 1)?.selection.tagPrefixList).to.deep.equal(["keep-"]);
  });
});

function next(run: Run): Release {
  const { blue } = run.outputs.record;
  if (!blue) throw new Error("blue has no release");
  return { ...blue.release, tag: "shop:1.1", environment: { A: "b" } };
}

function prior({ outputs: { record, versions } }: Run) {
  return { record, versions };
}

async function messageOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "it ran",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** What a plain `pulumi up` compares: a task definition's ignored inputs are not among it. */
function unplaced({ type, inputs }: Asked) {
  return type === taskDefinition ? { family: inputs["family"] } : { ...inputs, desiredCount: undefined };
}

function network({ inputs }: Asked): Record<string, unknown> {
  return inputs["networkConfiguration"] as Record<string, unknown>;
}

function weights({ inputs }: Asked): unknown {
  const [action] = inputs["actions"] as { forward: { targetGroups: { arn: string; weight: number }[] } }[];
  return action?.forward.targetGroups.map(({ arn, weight }) => [arn.split(":").at(-1), weight]);
}

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

function statements(run: Run, name: string): readonly Statement[] {
  const policy = text(run.one("aws:iam/rolePolicy:RolePolicy", name).inputs["policy"]);
  return (JSON.parse(policy) as { Statement: Statement[] }).Statement;
}

function resources(all: readonly Statement[], action: string): readonly string[] {
  return all
    .filter((statement) => statement.Action.includes(action))
    .flatMap((statement) => statement.Resource);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
