import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type Providers, serveProviders } from "../../../rehearsal/provider/server.ts";
import { type TestCloud, testCloud } from "./cloud.ts";
import { destroy, drift, type Engine, type Program, startEngine, up } from "./engine.ts";

class Any extends pulumi.CustomResource {
  constructor(type: string, inputs: pulumi.Inputs) {
    super(type, "any", inputs);
  }
}

class Component extends pulumi.ComponentResource {
  constructor(type: string) {
    super(type, "any", {}, {}, true);
  }
}

describe("the provider's refusals", function () {
  this.timeout(60_000);
  let cloud: TestCloud;
  let providers: Providers;
  let engine: Engine;

  before(async () => {
    cloud = await testCloud();
    providers = await serveProviders(cloud);
    engine = await startEngine(providers);
  });
  afterEach(() => engine.must(destroy, () => Promise.resolve({})));
  after(async () => {
    await engine.close();
    await providers.close();
    await cloud.close();
  });

  const plain = (make: () => unknown): Program => {
    return () => {
      make();
      return Promise.resolve({});
    };
  };

  for (const [what, program, message] of [
    [
      "an unknown type",
      plain(() => new Any("aws:s3/bucket:Bucket", {})),
      "aws:s3/bucket:Bucket is not simulated here",
    ],
    [
      "an unknown property",
      plain(() => new aws.ecs.Cluster("a", { configuration: {} })),
      "configuration is not simulated here",
    ],
    [
      "an unknown property of a block",
      plain(() => new aws.lb.TargetGroup("a", { targetHealthStates: [] })),
      "targetHealthStates is not simulated here",
    ],
    ["a missing property", plain(() => new Any("aws:iam/role:Role", {})), "assumeRolePolicy"],
    [
      "an unknown function",
      () => aws.ec2.getAmi({}).then(() => ({})),
      "aws:ec2/getAmi:getAmi is not simulated here",
    ],
    [
      "an unknown component",
      plain(() => new Component("awsx:ecs:FargateService")),
      "awsx:ecs:FargateService is not simulated here",
    ],
    [
      "another region",
      plain(
        () =>
          new aws.cloudwatch.LogGroup("a", {}, { provider: new aws.Provider("p", { region: "us-east-1" }) }),
      ),
      "pulumi config set aws:region eu-central-1",
    ],
    [
      "what AWS refuses, in AWS's words",
      plain(() => new aws.ec2.Subnet("a", { vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" })),
      "creating EC2 Subnet: InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
    ],
  ] as const satisfies readonly (readonly [string, Program, string])[])
    it(`name ${what}`, async () => {
      const { exitCode, output } = await engine.run(up, program);
      expect(exitCode).not.to.equal(0);
      expect(output).to.include(message);
    });

  it("know an image and a repository that are not there from one that is", async () => {
    const program = () => aws.ecr.getImage({ repositoryName: "shop", imageTag: "1" }).then(() => ({}));
    const { output } = await engine.run(up, program);
    expect(output).to.include("reading ECR Images: RepositoryNotFoundException");
  });

  describe("after AWS made half of it", () => {
    const service = (wanted: number): Program =>
      plain(() => {
        const cluster = new aws.ecs.Cluster("a", {});
        const definition = new aws.ecs.TaskDefinition("a", { family: "a", containerDefinitions: "[]" });
        new aws.ecs.Service("a", {
          ...{ cluster: cluster.arn, taskDefinition: definition.arn, desiredCount: wanted },
          waitForSteadyState: true,
        });
      });

    it("keep what is there, so that the next update ends it", async () => {
      const { DescribeServices } = cloud.ecs;
      const failing = {
        ...cloud.ecs,
        DescribeServices: async (input: Parameters<typeof DescribeServices>[0]) => {
          const answer = await DescribeServices(input);
          for (const one of answer.services ?? [])
            one.deployments = [
              { id: "ecs-svc/1", rolloutState: "FAILED", rolloutStateReason: "tasks failed to start" },
            ];
          return answer;
        },
      };
      const broken = await serveProviders({ ...cloud, ecs: failing });
      const other = await startEngine(broken);
      const { exitCode, output } = await other.run(up, service(1));
      expect(exitCode).not.to.equal(0);
      expect(output).to.match(
        /creating ECS Service \(a-\w+\): deployment ecs-svc\/1 failed: tasks failed to start/,
      );
      const recorded = (await other.resources()).find(({ type }) => type === "aws:ecs/service:Service");
      expect(recorded?.id).to.match(/^arn:aws:ecs/);
      await other.must(destroy, () => Promise.resolve({}));
      await other.close();
      await broken.close();
    });

    it("waits for a steady state where that is asked", async () => {
      await engine.must(up, service(2));
      await engine.must(drift, service(2));
    });
  });
});

describe("replacements", function () {
  this.timeout(60_000);
  let cloud: TestCloud;
  let providers: Providers;
  let engine: Engine;

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

  const group =
    (port: number, name?: string): Program =>
    () => {
      new aws.lb.TargetGroup("blue", { port, protocol: "HTTP", vpcId: "vpc-1", ...(name && { name }) });
      return Promise.resolve({});
    };
  const steps = (output: string) =>
    [...output.matchAll(/TargetGroup blue (\w+(?: \w+)?) \(\d/g)].map(([, step]) => step);

  it("make the new one first where names differ", async () => {
    await engine.must(up, group(80));
    const { output } = await engine.must(up, group(81));
    expect(steps(output)).to.deep.equal([
      "creating replacement",
      "created replacement",
      "replacing",
      "replaced",
      "deleting original",
      "deleted original",
    ]);
    await engine.must(destroy, group(81));
  });

  it("delete the old one first where the program gives the name", async () => {
    await engine.must(up, group(80, "blue"));
    const { output } = await engine.must(up, group(81, "blue"));
    expect(steps(output)[0]).to.equal("deleting original");
    await engine.must(destroy, group(81, "blue"));
  });

  it("keep an autonamed resource's name over updates", async () => {
    await engine.must(up, group(80));
    const before = await engine.resources();
    await engine.must([...up, "--refresh"], group(80));
    expect((await engine.resources()).map(({ id }) => id)).to.deep.equal(before.map(({ id }) => id));
  });
});
