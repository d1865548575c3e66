import { expect } from "chai";
import { layerOf, manifestOf, pushBlob } from "../ecr/pushed.ts";
import { type AwsCli, awsCli } from "./awsCli.ts";
import { type Endpoint, startEndpoint } from "./endpoint.ts";
import { idleService } from "./idleService.ts";

describe("The aws CLI at the endpoint", function () {
  this.timeout(60_000);
  let endpoint: Endpoint;
  let aws: AwsCli;

  before(async function () {
    endpoint = await startEndpoint();
    aws = await awsCli(this, endpoint.url);
  });
  after(() => endpoint.close());

  /** What the CLI says of an error on its own error stream. */
  const complaint = (asked: Promise<unknown>) =>
    asked.then(
      () => "success",
      (error: { stderr?: string }) => error.stderr?.trim() ?? "",
    );

  it("says who calls", async () => {
    expect(await aws("sts", "get-caller-identity")).to.include({ Account: "123456789012" });
  });

  it("makes and shows a network", async () => {
    const { Vpc } = (await aws(
      ...["ec2", "create-vpc", "--cidr-block", "10.0.0.0/16", "--tag-specifications"],
      `ResourceType=vpc,Tags=[{Key=Name,Value="a <b> & c"}]`,
    )) as { Vpc: { VpcId: string } };
    const vpcs = await aws("ec2", "describe-vpcs", "--filters", "Name=tag:Name,Values=a*");
    expect(vpcs).to.nested.include({ "Vpcs[0].VpcId": Vpc.VpcId, "Vpcs[0].Tags[0].Value": "a <b> & c" });
    const securityGroups = await aws(
      ...["ec2", "describe-security-groups", "--filters", `Name=vpc-id,Values=${Vpc.VpcId}`],
    );
    expect(securityGroups).to.nested.include({
      "SecurityGroups[0].IpPermissionsEgress[0].IpRanges[0].CidrIp": "0.0.0.0/0",
    });
    expect(await complaint(aws("ec2", "describe-vpcs", "--vpc-ids", "vpc-none"))).to.contain(
      "(InvalidVpcID.NotFound) when calling the DescribeVpcs operation",
    );
    expect(await complaint(aws("ec2", "describe-instances"))).to.contain("(InvalidAction)");
  });

  it("shows images and pages through them", async () => {
    const { ecr } = endpoint.cloud;
    const repositoryName = "shop";
    await aws("ecr", "create-repository", "--repository-name", repositoryName);
    const config = await pushBlob(ecr, Buffer.from("{}"));
    for (const imageTag of ["1.0", "1.1", "1.2"]) {
      const layer = await pushBlob(ecr, await layerOf({ release: imageTag }));
      await ecr.PutImage({ repositoryName, imageTag, imageManifest: manifestOf(config, layer) });
    }
    const { imageDetails } = await aws(
      ...["ecr", "describe-images", "--repository-name", repositoryName, "--page-size", "1"],
    );
    expect((imageDetails as { imageTags: string[] }[]).map(({ imageTags }) => imageTags[0])).to.deep.equal([
      ...["1.0", "1.1", "1.2"],
    ]);
    const none = aws("ecr", "describe-images", "--repository-name", "shop", "--image-ids", "imageTag=9");
    expect(await complaint(none)).to.contain("(ImageNotFoundException)");
  });

  it("reads logs", async () => {
    await endpoint.cloud.logs.CreateLogGroup({ logGroupName: "/shop" });
    endpoint.cloud.logs.append("/shop", "web/1", [{ timestamp: Date.now(), message: "nginx: [emerg] no" }]);
    const events = await aws("logs", "filter-log-events", "--log-group-name", "/shop");
    expect(events).to.nested.include({
      "events[0].message": "nginx: [emerg] no",
      "events[0].logStreamName": "web/1",
    });
    const logGroups = await aws("logs", "describe-log-groups", "--log-group-name-prefix", "/sh");
    expect(logGroups).to.nested.include({ "logGroups[0].logGroupName": "/shop" });
  });

  it("reads secrets, roles, scalable targets and alarms", async () => {
    await aws("secretsmanager", "create-secret", "--name", "shop/url", "--secret-string", "postgres://é");
    expect(await aws("secretsmanager", "get-secret-value", "--secret-id", "shop/url")).to.include({
      ...{ Name: "shop/url", SecretString: "postgres://é" },
    });
    await aws("iam", "create-role", "--role-name", "r", "--assume-role-policy-document", '{"a":"b&c"}');
    const { Role } = await aws("iam", "get-role", "--role-name", "r");
    expect(Role).to.deep.include({ AssumeRolePolicyDocument: { a: "b&c" } });
    expect(await complaint(aws("iam", "get-role", "--role-name", "q"))).to.contain("(NoSuchEntity)");
    const register = (resource: string) =>
      aws(
        ...["application-autoscaling", "register-scalable-target", "--service-namespace", "ecs"],
        ...["--scalable-dimension", "ecs:service:DesiredCount", "--resource-id", resource],
        ...["--min-capacity", "0", "--max-capacity", "3"],
      );
    expect(await complaint(register("service/shop/none"))).to.contain("ECS service doesn't exist");
    await register(await idleService(endpoint.cloud));
    const scalableTargets = await aws(
      ...["application-autoscaling", "describe-scalable-targets", "--service-namespace", "ecs"],
    );
    expect(scalableTargets).to.nested.include({
      "ScalableTargets[0].MaxCapacity": 3,
      "ScalableTargets[0].ResourceId": "service/shop/idle",
    });
    await aws(
      ...["cloudwatch", "put-metric-alarm", "--alarm-name", "a", "--metric-name", "m", "--namespace", "n"],
      ...["--comparison-operator", "GreaterThanThreshold", "--evaluation-periods", "1", "--threshold", "1.5"],
    );
    const metricAlarms = await aws("cloudwatch", "describe-alarms");
    expect(metricAlarms).to.nested.include({
      "MetricAlarms[0].AlarmName": "a",
      "MetricAlarms[0].Threshold": 1.5,
    });
    const unknown = aws(
      ...[
        "cloudwatch",
        "set-alarm-state",
        "--alarm-name",
        "no",
        "--state-value",
        "OK",
        "--state-reason",
        "r",
      ],
    );
    expect(await complaint(unknown)).to.contain("(ResourceNotFound)");
  });
});
