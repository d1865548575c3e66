import type { CreateServiceRequest } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { eventually } from "../eventually.ts";
import { refusal } from "../refusal.ts";
import { messages, network, rehearsedEcs, type RehearsedEcs } from "./rehearsedEcs.ts";

describe("ECS refuses", function () {
  this.timeout(15_000);
  let at: RehearsedEcs;
  before(async () => {
    at = await rehearsedEcs();
    await at.register();
  });
  after(() => at.close());

  const request = (): CreateServiceRequest => ({
    ...{ cluster: "main", serviceName: "shop", taskDefinition: "shop", desiredCount: 0 },
    ...{ launchType: "FARGATE", networkConfiguration: network },
    loadBalancers: [{ targetGroupArn: at.group, containerName: "web", containerPort: 8080 }],
  });
  const refused = async (operation: Promise<unknown>): Promise<readonly [string, string]> => {
    const { code, message } = await refusal(operation);
    return [code, message];
  };

  it("a service whose target group is on no load balancer", async () => {
    const targetGroupArn = at.elbv2.group("alone", { attached: false });
    const loadBalancers = [{ targetGroupArn, containerName: "web", containerPort: 8080 }];
    expect(await refused(at.ecs.CreateService({ ...request(), loadBalancers }))).to.deep.equal([
      "InvalidParameterException",
      `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
    ]);
    expect((await at.ecs.ListServices({ cluster: "main" })).serviceArns).to.deep.equal([]);
  });

  const wrong: readonly [string, Partial<CreateServiceRequest>, string, RegExp][] = [
    ["an unknown cluster", { cluster: "none" }, "ClusterNotFoundException", /^Cluster not found\.$/],
    [
      "an unknown task definition",
      { taskDefinition: "none:1" },
      "ClientException",
      /^TaskDefinition not found\.$/,
    ],
    [
      "a service without a network",
      { networkConfiguration: undefined },
      "InvalidParameterException",
      /Network Configuration must be provided/,
    ],
    [
      "a container that is not there",
      { loadBalancers: [{ targetGroupArn: "a", containerName: "none", containerPort: 8080 }] },
      "InvalidParameterException",
      /^The container none does not exist in the task definition\.$/,
    ],
    [
      "a port that is not there",
      { loadBalancers: [{ targetGroupArn: "a", containerName: "web", containerPort: 81 }] },
      "InvalidParameterException",
      /^The container web did not have a container port 81 defined\.$/,
    ],
    [
      "percentages that block",
      { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } },
      "InvalidParameterException",
      /cannot be 100 as this will block deployments/,
    ],
    [
      "launch type and strategy at once",
      { capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }] },
      "InvalidParameterException",
      /both a launch type and capacity provider strategy/,
    ],
    [
      "a capacity provider that the cluster does not have",
      { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] },
      "InvalidParameterException",
      /not associated with the cluster/,
    ],
    [
      "a grace period without a load balancer",
      { loadBalancers: [], healthCheckGracePeriodSeconds: 5 },
      "InvalidParameterException",
      /only valid for services configured to use load balancers/,
    ],
    ["a negative count", { desiredCount: -1 }, "InvalidParameterException", /negative/],
    [
      "a controller that is not rehearsed",
      { deploymentController: { type: "EXTERNAL" } },
      "UnsupportedFeatureException",
      /EXTERNAL/,
    ],
  ];
  for (const [what, own, code, message] of wrong)
    it(what, async () => {
      const [actual, said] = await refused(at.ecs.CreateService({ ...request(), ...own }));
      expect(actual).to.equal(code);
      expect(said).to.match(message);
    });

  it("to start a revision that is INACTIVE, but lets a service that has it scale", async () => {
    const arn = await at.register();
    await at.ecs.CreateService({ ...request(), taskDefinition: arn, serviceName: "kept" });
    await at.ecs.DeregisterTaskDefinition({ taskDefinition: arn });
    const inactive = ["ClientException", "TaskDefinition is inactive"];
    expect(await refused(at.ecs.CreateService({ ...request(), taskDefinition: arn }))).to.deep.equal(
      inactive,
    );
    const kept = { cluster: "main", service: "kept" };
    expect(await refused(at.ecs.UpdateService({ ...kept, taskDefinition: arn }))).to.deep.equal(inactive);
    expect(await refused(at.ecs.UpdateService({ ...kept, forceNewDeployment: true }))).to.deep.equal(
      inactive,
    );
    await at.ecs.UpdateService({ ...kept, desiredCount: 1 });
    await eventually(async () => {
      const service = await at.service("kept");
      expect(service.runningCount, messages(service).join("\n")).to.equal(1);
    });
    await at.ecs.DeleteService({ ...kept, force: true });
  });

  it("to change a service that is not there or not ACTIVE, which DescribeServices calls MISSING and INACTIVE", async () => {
    const unknown = { cluster: "main", service: "none" };
    expect(await refused(at.ecs.UpdateService(unknown))).to.deep.equal([
      ...["ServiceNotFoundException", "Service not found."],
    ]);
    expect((await refused(at.ecs.DeleteService(unknown)))[0]).to.equal("ServiceNotFoundException");
    const { failures } = await at.ecs.DescribeServices({ cluster: "main", services: ["none"] });
    expect(failures).to.deep.equal([
      { arn: "arn:aws:ecs:eu-central-1:123456789012:service/main/none", reason: "MISSING" },
    ]);

    await at.ecs.CreateService({ ...request(), serviceName: "gone" });
    await at.ecs.DeleteService({ cluster: "main", service: "gone" });
    await eventually(async () => expect((await at.service("gone")).status).to.equal("INACTIVE"));
    expect(await refused(at.ecs.UpdateService({ cluster: "main", service: "gone" }))).to.deep.equal([
      ...["ServiceNotActiveException", "Service was not ACTIVE."],
    ]);
    const { service } = await at.ecs.CreateService({ ...request(), serviceName: "gone" });
    expect(service?.status).to.equal("ACTIVE");
  });

  it("another service of the same name, and answers the same request with the service", async () => {
    const { service } = await at.ecs.CreateService({ ...request(), serviceName: "twice" });
    const again = await at.ecs.CreateService({ ...request(), serviceName: "twice" });
    expect(again.service?.deployments?.[0]?.id).to.equal(service?.deployments?.[0]?.id);
    const other = at.ecs.CreateService({ ...request(), serviceName: "twice", loadBalancers: [] });
    expect((await refused(other))[1]).to.equal("Creation of service was not idempotent.");
  });

  it("to delete a cluster with services", async () => {
    await at.ecs.CreateCluster({ clusterName: "other" });
    await at.ecs.CreateService({ ...request(), cluster: "other" });
    expect((await refused(at.ecs.DeleteCluster({ cluster: "other" })))[0]).to.equal(
      "ClusterContainsServicesException",
    );
    await at.ecs.DeleteService({ cluster: "other", service: "shop" });
    await eventually(async () => {
      await at.ecs.DeleteCluster({ cluster: "other" });
    });
    const { clusters } = await at.ecs.DescribeClusters({ clusters: ["other"] });
    expect(clusters?.[0]?.status).to.equal("INACTIVE");
    expect((await refused(at.ecs.ListServices({ cluster: "other" })))[0]).to.equal(
      "ClusterNotFoundException",
    );
  });

  it("a parameter that the rehearsal does not act on", async () => {
    const [code, message] = await refused(
      at.ecs.CreateService({ ...request(), serviceConnectConfiguration: { enabled: true } }),
    );
    expect(code).to.equal("UnknownParameter");
    expect(message).to.match(/serviceConnectConfiguration/);
  });
});

describe("ECS's clusters and tags", () => {
  let at: RehearsedEcs;
  before(async () => (at = await rehearsedEcs()));
  after(() => at.close());

  it("makes a cluster once, with settings, capacity and tags", async () => {
    const { cluster } = await at.ecs.CreateCluster({
      ...{ clusterName: "spot", settings: [{ name: "containerInsights", value: "enabled" }] },
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
      tags: [{ key: "a", value: "b" }],
    });
    expect(cluster?.clusterArn).to.equal("arn:aws:ecs:eu-central-1:123456789012:cluster/spot");
    await at.ecs.CreateCluster({ clusterName: "spot" });
    const include = ["SETTINGS", "TAGS"] as ("SETTINGS" | "TAGS")[];
    const { clusters, failures } = await at.ecs.DescribeClusters({ clusters: ["spot", "none"], include });
    expect(clusters?.[0]).to.deep.include({
      ...{ status: "ACTIVE", activeServicesCount: 0, tags: [{ key: "a", value: "b" }] },
      settings: [{ name: "containerInsights", value: "enabled" }],
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1, base: 0 }],
    });
    expect(failures?.[0]?.reason).to.equal("MISSING");
    expect((await at.ecs.ListClusters({})).clusterArns).to.have.length(2);
  });

  it("tags a cluster, a revision and a service, by ARN", async () => {
    const definition = await at.register();
    const { service } = await at.ecs.CreateService({
      ...{ cluster: "main", serviceName: "shop", taskDefinition: "shop", desiredCount: 0 },
      ...{ launchType: "FARGATE", networkConfiguration: network },
    });
    const cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/main";
    for (const resourceArn of [cluster, definition, service?.serviceArn]) {
      await at.ecs.TagResource({
        resourceArn,
        tags: [
          { key: "a", value: "1" },
          { key: "b", value: "2" },
        ],
      });
      await at.ecs.UntagResource({ resourceArn, tagKeys: ["a"] });
      const { tags } = await at.ecs.ListTagsForResource({ resourceArn });
      expect(tags).to.deep.equal([{ key: "b", value: "2" }]);
    }
    const described = await at.ecs.DescribeTaskDefinition({ taskDefinition: definition, include: ["TAGS"] });
    expect(described.tags).to.deep.equal([{ key: "b", value: "2" }]);
    const none = at.ecs.ListTagsForResource({ resourceArn: `${service?.serviceArn}x` });
    expect((await refusal(none)).code).to.equal("ResourceNotFoundException");
  });
});
