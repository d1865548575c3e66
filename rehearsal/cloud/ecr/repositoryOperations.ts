import type * as sdk from "@aws-sdk/client-ecr";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import type { Repositories, Repository } from "./repositories.ts";

type RepositoryOperations = Operations<
  typeof sdk,
  | "CreateRepository"
  | "DescribeRepositories"
  | "DeleteRepository"
  | "PutImageTagMutability"
  | "PutImageScanningConfiguration"
  | "PutLifecyclePolicy"
  | "GetLifecyclePolicy"
  | "DeleteLifecyclePolicy"
  | "TagResource"
  | "UntagResource"
  | "ListTagsForResource"
>;

/** What ECR does with repositories. Lifecycle policies are kept, not carried out: a rehearsal lasts hours, not days. */
export function repositoryOperations(
  repositories: Repositories,
  { identity, clock }: Ground,
): RepositoryOperations {
  const registryId = identity.account;
  const noPolicy = ({ name }: Repository) =>
    new AwsError(
      "LifecyclePolicyNotFoundException",
      `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
    );

  return atOnce<RepositoryOperations>({
    CreateRepository(input) {
      only("CreateRepository", input, [
        ...(["registryId", "repositoryName", "tags", "imageTagMutability"] as const),
        ...([
          "imageTagMutabilityExclusionFilters",
          "imageScanningConfiguration",
          "encryptionConfiguration",
        ] as const),
      ]);
      const name = required(input.repositoryName, "repositoryName", "InvalidParameterException");
      if (!/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name) || name.length < 2)
        throw new AwsError(
          "InvalidParameterException",
          `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'', got ${name}`,
        );
      const repository: Repository = {
        ...{ name, arn: repositories.arn(name), uri: repositories.uri(name), created: clock.now() },
        mutability: input.imageTagMutability ?? "MUTABLE",
        exclusions: input.imageTagMutabilityExclusionFilters ?? [],
        scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
        encryption: input.encryptionConfiguration ?? { encryptionType: "AES256" },
        tags: tagMap(input.tags),
        ...{ layers: new Map(), images: new Map() },
      };
      repositories.add(repository);
      return { repository: described(repository, registryId) };
    },

    DescribeRepositories({ registryId: registry, repositoryNames, nextToken, maxResults }) {
      const found = repositoryNames?.map((name) => repositories.find(name, registry)) ?? repositories.all();
      const { items, next } = page(found, {
        ...{ size: repositoryNames ? undefined : (maxResults ?? 100), token: nextToken },
        refuse: () => new AwsError("InvalidParameterException", "Invalid parameter at 'nextToken'"),
      });
      return { repositories: items.map((repository) => described(repository, registryId)), nextToken: next };
    },

    DeleteRepository(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      if (repository.images.size > 0 && input.force !== true)
        throw new AwsError(
          "RepositoryNotEmptyException",
          `The repository with name '${repository.name}' in registry with id '${registryId}' cannot be deleted because it still contains images`,
        );
      repositories.remove(repository);
      return { repository: described(repository, registryId) };
    },

    PutImageTagMutability(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      repository.mutability = required(input.imageTagMutability, "imageTagMutability");
      repository.exclusions = input.imageTagMutabilityExclusionFilters ?? [];
      return {
        ...{ registryId, repositoryName: repository.name, imageTagMutability: repository.mutability },
        imageTagMutabilityExclusionFilters: [...repository.exclusions],
      };
    },

    PutImageScanningConfiguration(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      repository.scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
      return {
        ...{ registryId, repositoryName: repository.name },
        imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
      };
    },

    PutLifecyclePolicy(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      const text = required(input.lifecyclePolicyText, "lifecyclePolicyText");
      if (!isPolicy(text))
        throw new AwsError(
          "InvalidParameterException",
          "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: Could not map JSON'",
        );
      repository.lifecyclePolicy = text;
      return { registryId, repositoryName: repository.name, lifecyclePolicyText: text };
    },

    GetLifecyclePolicy(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      if (repository.lifecyclePolicy === undefined) throw noPolicy(repository);
      return {
        ...{ registryId, repositoryName: repository.name },
        lifecyclePolicyText: repository.lifecyclePolicy,
      };
    },

    DeleteLifecyclePolicy(input) {
      const repository = repositories.find(input.repositoryName, input.registryId);
      const text = repository.lifecyclePolicy;
      if (text === undefined) throw noPolicy(repository);
      delete repository.lifecyclePolicy;
      return { registryId, repositoryName: repository.name, lifecyclePolicyText: text };
    },

    TagResource({ resourceArn, tags }) {
      const repository = repositories.byArn(resourceArn);
      for (const [key, value] of tagMap(tags)) repository.tags.set(key, value);
      return {};
    },

    UntagResource({ resourceArn, tagKeys }) {
      const repository = repositories.byArn(resourceArn);
      for (const key of tagKeys ?? []) repository.tags.delete(key);
      return {};
    },

    ListTagsForResource: ({ resourceArn }) => ({
      tags: [...repositories.byArn(resourceArn).tags].map(([Key, Value]) => ({ Key, Value })),
    }),
  });
}

function described(repository: Repository, registryId: string): sdk.Repository {
  return {
    ...{ repositoryArn: repository.arn, registryId, repositoryName: repository.name },
    ...{ repositoryUri: repository.uri, createdAt: repository.created },
    imageTagMutability: repository.mutability,
    ...(repository.exclusions.length > 0 && {
      imageTagMutabilityExclusionFilters: [...repository.exclusions],
    }),
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: repository.encryption,
  };
}

function tagMap(tags: readonly sdk.Tag[] = []): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [required(Key, "Key"), Value ?? ""]));
}

function isPolicy(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { rules?: unknown }).rules);
  } catch {
    return false;
  }
}
