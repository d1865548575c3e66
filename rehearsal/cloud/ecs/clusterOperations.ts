import type * as sdk from "@aws-sdk/client-ecs";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { checkStrategy, fargateProviders } from "./capacity.ts";
import type { Cluster, Clusters } from "./clusters.ts";
import { badToken, clusterNotFound, invalid, notRehearsed } from "./refusals.ts";
import { primary, type Services } from "./services.ts";
import { tagList, tagMap } from "./tags.ts";
import { isPending, isRunning, type Tasks } from "./tasks.ts";

type ClusterOperations = Operations<
  typeof sdk,
  | "CreateCluster"
  | "DescribeClusters"
  | "ListClusters"
  | "UpdateCluster"
  | "DeleteCluster"
  | "PutClusterCapacityProviders"
>;

export interface ClusterParts {
  readonly clusters: Clusters;
  readonly services: Services;
  readonly tasks: Tasks;
}

export function clusterOperations({ clusters, services, tasks }: ClusterParts): ClusterOperations {
  const active = (cluster: Cluster) => services.of(cluster).filter(({ status }) => status !== "INACTIVE");

  const describe = (cluster: Cluster, include: readonly string[] = []): sdk.Cluster => ({
    ...{ clusterArn: cluster.arn, clusterName: cluster.name, status: cluster.status },
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.of(cluster).filter(isRunning).length,
    pendingTasksCount: tasks.of(cluster).filter(isPending).length,
    activeServicesCount: active(cluster).length,
    statistics: [],
    settings: include.includes("SETTINGS") ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
    tags: include.includes("TAGS") ? tagList(cluster.tags) : [],
  });

  const setCapacity = (
    cluster: Cluster,
    providers: readonly string[],
    strategy: readonly sdk.CapacityProviderStrategyItem[],
  ) => {
    if (providers.some((name) => !fargateProviders.includes(name)))
      throw invalid(
        "The specified capacity provider does not exist. Specify a valid name or ARN and try again.",
      );
    if (strategy.length > 0) checkStrategy(strategy, { ...cluster, capacityProviders: [...providers] });
    const used = active(cluster)
      .flatMap((service) => primary(service).revision.capacityProviderStrategy ?? [])
      .map(({ capacityProvider = "" }) => capacityProvider);
    if (cluster.capacityProviders.some((name) => used.includes(name) && !providers.includes(name)))
      throw new AwsError(
        "ResourceInUseException",
        "The specified capacity provider is in use and cannot be removed.",
      );
    cluster.capacityProviders = [...providers];
    cluster.defaultCapacityProviderStrategy = strategy.map((item) => ({ weight: 0, base: 0, ...item }));
  };

  return atOnce<ClusterOperations>({
    CreateCluster({ tags, ...input }) {
      only("CreateCluster", input, [
        ...(["clusterName", "settings", "capacityProviders", "defaultCapacityProviderStrategy"] as const),
      ]);
      const name = input.clusterName ?? "default";
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
        throw invalid(
          "Invalid cluster name. Up to 255 letters (uppercase and lowercase), numbers, hyphens, and underscores are allowed.",
        );
      const former = clusters.get(name);
      // Creating a cluster that is there already is no error.
      if (former?.status === "ACTIVE") return { cluster: describe(former, ["TAGS", "SETTINGS"]) };
      const cluster: Cluster = {
        ...{ name, arn: clusters.arn(name), status: "ACTIVE", tags: tagMap(tags) },
        settings: settingsOf(input.settings),
        ...{ capacityProviders: [], defaultCapacityProviderStrategy: [] },
      };
      setCapacity(cluster, input.capacityProviders ?? [], input.defaultCapacityProviderStrategy ?? []);
      clusters.add(cluster);
      return { cluster: describe(cluster, ["TAGS", "SETTINGS"]) };
    },

    DescribeClusters(input) {
      only("DescribeClusters", input, ["clusters", "include"]);
      const names = input.clusters?.length ? input.clusters : ["default"];
      const found = names.map((name) => ({ name, cluster: clusters.get(name) }));
      return {
        clusters: found.flatMap(({ cluster }) => (cluster ? [describe(cluster, input.include)] : [])),
        failures: found
          .filter(({ cluster }) => !cluster)
          .map(({ name }) => ({
            arn: name.startsWith("arn:") ? name : clusters.arn(name),
            reason: "MISSING",
          })),
      };
    },

    ListClusters({ maxResults, nextToken }) {
      const found = clusters.all().filter(({ status }) => status === "ACTIVE");
      const { items, next } = page(found, {
        size: maxResults ?? 100,
        token: nextToken,
        refuse: badToken,
      });
      return { clusterArns: items.map(({ arn }) => arn), nextToken: next };
    },

    UpdateCluster(input) {
      only("UpdateCluster", input, ["cluster", "settings"]);
      const cluster = clusters.find(required(input.cluster, "cluster", "InvalidParameterException"));
      if (input.settings) cluster.settings = settingsOf(input.settings);
      return { cluster: describe(cluster, ["TAGS", "SETTINGS"]) };
    },

    DeleteCluster(input) {
      const cluster = clusters.get(required(input.cluster, "cluster", "InvalidParameterException"));
      if (!cluster) throw clusterNotFound();
      if (active(cluster).length > 0)
        throw new AwsError(
          "ClusterContainsServicesException",
          "The Cluster cannot be deleted while Services are active.",
        );
      if (tasks.of(cluster).some(({ lastStatus }) => lastStatus !== "STOPPED"))
        throw new AwsError(
          "ClusterContainsTasksException",
          "The Cluster cannot be deleted while Tasks are active.",
        );
      cluster.status = "INACTIVE";
      return { cluster: describe(cluster) };
    },

    PutClusterCapacityProviders(input) {
      const cluster = clusters.find(required(input.cluster, "cluster", "InvalidParameterException"));
      setCapacity(
        cluster,
        required(input.capacityProviders, "capacityProviders", "InvalidParameterException"),
        required(
          input.defaultCapacityProviderStrategy,
          "defaultCapacityProviderStrategy",
          "InvalidParameterException",
        ),
      );
      return { cluster: describe(cluster, ["TAGS", "SETTINGS"]) };
    },
  });
}

function settingsOf(settings: readonly sdk.ClusterSetting[] = []): sdk.ClusterSetting[] {
  for (const { name, value } of settings) {
    if (name !== "containerInsights") throw notRehearsed(`the cluster setting ${name}`);
    if (!["enabled", "disabled", "enhanced"].includes(value ?? ""))
      throw invalid("Invalid cluster setting value: containerInsights is enabled, disabled or enhanced.");
  }
  return settings.length > 0 ? [...settings] : [{ name: "containerInsights", value: "disabled" }];
}
