import type * as sdk from "@aws-sdk/client-ecs";
import { AwsError } from "../../../../rehearsal/cloud/awsError.ts";
import type { ProviderCloud } from "../../../../rehearsal/provider/providerCloud.ts";

/** ECS as far as the provider's types ask. Its services start nothing: what is wanted runs at once. */
export function fakeEcs(): ProviderCloud["ecs"] & {
  readonly updates: sdk.UpdateServiceRequest[];
  readonly left: () => readonly string[];
} {
  const clusters = new Map<string, sdk.Cluster>();
  const definitions = new Map<string, sdk.TaskDefinition>();
  const services = new Map<string, sdk.Service>();
  const tags = new Map<string, Map<string, string>>();
  const updates: sdk.UpdateServiceRequest[] = [];
  const arn = (path: string) => `arn:aws:ecs:eu-central-1:123456789012:${path}`;
  const done = async <Value>(value: Value): Promise<Value> => Promise.resolve(value);
  const put = (id: string, list: readonly sdk.Tag[] | undefined) => {
    const own = tags.get(id) ?? new Map<string, string>();
    for (const { key = "", value = "" } of list ?? []) own.set(key, value);
    tags.set(id, own);
  };
  const tagsOf = (id: string) => [...(tags.get(id) ?? [])].map(([key, value]) => ({ key, value }));
  const cluster = (name: string | undefined) => {
    const found = clusters.get(name?.split("/").at(-1) ?? "default");
    if (!found) throw new AwsError("ClusterNotFoundException", "Cluster not found.");
    return found;
  };

  const operations = {
    updates,
    left: () => [...clusters.keys(), ...services.keys()],
    CreateCluster: async (input: sdk.CreateClusterRequest) => {
      const clusterArn = arn(`cluster/${input.clusterName}`);
      const settings = input.settings ?? [{ name: "containerInsights" as const, value: "disabled" }];
      put(clusterArn, input.tags);
      const made = { clusterArn, clusterName: input.clusterName, status: "ACTIVE", settings };
      clusters.set(input.clusterName ?? "", made);
      return done({ cluster: made });
    },
    DescribeClusters: async ({ clusters: names = [] }: sdk.DescribeClustersRequest) => {
      const found = names.flatMap((name) => clusters.get(name.split("/").at(-1) ?? "") ?? []);
      return done({ clusters: found.map((one) => ({ ...one, tags: tagsOf(one.clusterArn ?? "") })) });
    },
    UpdateCluster: async (input: sdk.UpdateClusterRequest) => {
      Object.assign(cluster(input.cluster), { settings: input.settings });
      return done({});
    },
    DeleteCluster: async (input: sdk.DeleteClusterRequest) => {
      const { clusterArn, clusterName = "" } = cluster(input.cluster);
      if ([...services.values()].some((one) => one.clusterArn === clusterArn))
        throw new AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted.");
      clusters.delete(clusterName);
      return done({});
    },
    PutClusterCapacityProviders: async (input: sdk.PutClusterCapacityProvidersRequest) => {
      const { capacityProviders, defaultCapacityProviderStrategy } = input;
      Object.assign(cluster(input.cluster), { capacityProviders, defaultCapacityProviderStrategy });
      return done({});
    },

    RegisterTaskDefinition: async ({ tags: list, ...input }: sdk.RegisterTaskDefinitionRequest) => {
      const before = [...definitions.values()].filter(({ family }) => family === input.family);
      const revision = before.length + 1;
      const taskDefinitionArn = arn(`task-definition/${input.family}:${revision}`);
      put(taskDefinitionArn, list);
      const made: sdk.TaskDefinition = {
        ...{ ...input, taskDefinitionArn, revision, status: "ACTIVE", volumes: input.volumes ?? [] },
        // What ECS fills in.
        containerDefinitions: (input.containerDefinitions ?? []).map((container) => ({
          ...{ cpu: 0, environment: [], mountPoints: [], volumesFrom: [], systemControls: [] },
          ...container,
          essential: container.essential ?? true,
          portMappings: (container.portMappings ?? []).map((port) => ({
            ...{ protocol: "tcp" as const, hostPort: port.containerPort, ...port },
          })),
        })),
      };
      definitions.set(taskDefinitionArn, made);
      return done({ taskDefinition: made });
    },
    DescribeTaskDefinition: async ({ taskDefinition: id = "" }: sdk.DescribeTaskDefinitionRequest) => {
      const found =
        definitions.get(id) ??
        definitions.get(arn(`task-definition/${id}`)) ??
        [...definitions.values()].findLast(({ family }) => family === id);
      if (!found) throw new AwsError("ClientException", "Unable to describe task definition.");
      return done({ taskDefinition: { ...found }, tags: tagsOf(found.taskDefinitionArn ?? "") });
    },
    DeregisterTaskDefinition: async ({ taskDefinition = "" }: sdk.DeregisterTaskDefinitionRequest) => {
      const found = definitions.get(taskDefinition);
      if (found) found.status = "INACTIVE";
      return done({});
    },

    CreateService: async ({ tags: list, ...input }: sdk.CreateServiceRequest) => {
      const { clusterArn, clusterName } = cluster(input.cluster);
      const serviceArn = arn(`service/${clusterName}/${input.serviceName}`);
      put(serviceArn, list);
      const { deploymentConfiguration, ...rest } = without(input, "cluster");
      const made: sdk.Service = {
        ...{ ...rest, serviceArn, clusterArn, status: "ACTIVE", platformVersion: "LATEST" },
        deploymentConfiguration: { strategy: "ROLLING", ...deploymentConfiguration },
        ...{ availabilityZoneRebalancing: "ENABLED", deployments: [{ id: "ecs-svc/1" }] },
      };
      services.set(serviceArn, made);
      return done({ service: made });
    },
    DescribeServices: async ({ cluster: name, services: ids = [] }: sdk.DescribeServicesRequest) => {
      const { clusterArn } = cluster(name);
      const found = [...services.values()].filter(
        (one) =>
          one.clusterArn === clusterArn &&
          (ids.includes(one.serviceArn ?? "") || ids.includes(one.serviceName ?? "")),
      );
      return done({
        services: found.map((one) => ({
          ...{ ...structuredClone(one), runningCount: one.desiredCount ?? 0 },
          tags: tagsOf(one.serviceArn ?? ""),
        })),
      });
    },
    UpdateService: async (input: sdk.UpdateServiceRequest) => {
      updates.push(input);
      const found = [...services.values()].find(
        ({ serviceArn, serviceName }) => serviceArn === input.service || serviceName === input.service,
      );
      if (!found) throw new AwsError("ServiceNotFoundException", "Service not found.");
      Object.assign(found, without(input, "cluster", "service", "forceNewDeployment"));
      return done({ service: found });
    },
    DeleteService: async ({ service = "", force }: sdk.DeleteServiceRequest) => {
      if ((services.get(service)?.desiredCount ?? 0) > 0 && force !== true)
        throw new AwsError(
          "InvalidParameterException",
          "The service cannot be stopped while it is scaled above 0.",
        );
      services.delete(service);
      return done({});
    },

    TagResource: async (input: sdk.TagResourceRequest) => {
      put(input.resourceArn ?? "", input.tags);
      return done({});
    },
    UntagResource: async (input: sdk.UntagResourceRequest) => {
      for (const key of input.tagKeys ?? []) tags.get(input.resourceArn ?? "")?.delete(key);
      return done({});
    },
    ListTagsForResource: async (input: sdk.ListTagsForResourceRequest) =>
      done({ tags: tagsOf(input.resourceArn ?? "") }),
  };
  return operations;
}

function without<Value extends object, Name extends keyof Value>(value: Value, ...names: readonly Name[]) {
  const left = Object.entries(value).filter(([name]) => !(names as readonly string[]).includes(name));
  return Object.fromEntries(left) as Omit<Value, Name>;
}
