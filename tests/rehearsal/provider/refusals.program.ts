import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type Providers, serveProviders } from "../../../rehearsal/provider/server.ts";
import { type TestCloud, testCloud } from "./cloud.ts";
import { destroy, drift, type Engine, type Program, startEngine, up } from "./engine.ts";
import { pushed } from "./pushed.ts";

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
  /** `shop:1`, pushed. */
  let image: string;

  before(async () => {
    cloud = await testCloud();
    image = await pushed(cloud, "1");
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
    const find = (repositoryName: string, imageTag: string) =>
      engine.run(up, async () => {
        const { id } = await aws.ecr.getImage({ repositoryName, imageTag });
        return { id };
      });
    expect((await find("nothing", "1")).output).to.include("reading ECR Images: RepositoryNotFoundException");
    expect((await find("shop", "2")).output).to.include("reading ECR Images: ImageNotFoundException");
    const { exitCode, output } = await find("shop", "1");
    expect(exitCode).to.equal(0);
    expect(output).to.match(/id\s*: "sha256:[0-9a-f]{64}"/);
  });

  describe("after AWS made half of it", () => {
    /** Two tasks of an image, and a wait for them. */
    const service = (image: string): Program =>
      plain(() => {
        const cluster = new aws.ecs.Cluster("a", {});
        const role = "arn:aws:iam::123456789012:role/execution";
        const definition = new aws.ecs.TaskDefinition("a", {
          ...{ family: "a", cpu: "256", memory: "512", networkMode: "awsvpc", executionRoleArn: role },
          requiresCompatibilities: ["FARGATE"],
          containerDefinitions: JSON.stringify([{ name: "a", image }]),
        });
        new aws.ecs.Service("a", {
          ...{ cluster: cluster.arn, taskDefinition: definition.arn, desiredCount: 2, launchType: "FARGATE" },
          networkConfiguration: { subnets: ["subnet-1"] },
          deploymentCircuitBreaker: { enable: true, rollback: false },
          waitForSteadyState: true,
        });
      });
    it("keep what is there, so that the next update ends it", async () => {
      const { exitCode, output } = await engine.run(up, service("nowhere:1"));
      expect(exitCode).not.to.equal(0);
      expect(output).to.match(
        /creating ECS Service \(a-\w+\): deployment ecs-svc\/\d+ failed: .*tasks failed to start/,
      );
      const recorded = (await engine.resources()).find(({ type }) => type === "aws:ecs/service:Service");
      expect(recorded?.id).to.match(/^arn:aws:ecs/);
      await engine.must(destroy, () => Promise.resolve({}));
      expect(await cloud.left()).to.be.empty;
    });

    it("waits for a steady state where that is asked", async () => {
      await engine.must(up, service(image));
      const { id = "", outputs } =
        (await engine.resources()).find(({ type }) => type === "aws:ecs/service:Service") ?? {};
      const cluster = String(outputs?.["cluster"]);
      const { services } = await cloud.ecs.DescribeServices({ cluster, services: [id] });
      expect(services?.[0]).to.include({ desiredCount: 2, runningCount: 2 });
      await engine.must(drift, service(image));
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
      new aws.lb.TargetGroup("blue", {
        ...{ port, protocol: "HTTP", targetType: "ip", vpcId: "vpc-1", ...(name && { name }) },
      });
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
