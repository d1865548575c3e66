import type * as sdk from "@aws-sdk/client-ecr";
import type { Identity } from "../cloud.ts";
import { AwsError } from "../awsError.ts";
import type { Manifest } from "./manifest.ts";

export interface Image {
  readonly manifest: Manifest;
  readonly pushed: Date;
  readonly tags: Set<string>;
  pulled?: Date;
}

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  readonly created: Date;
  mutability: sdk.ImageTagMutability;
  exclusions: readonly sdk.ImageTagMutabilityExclusionFilter[];
  scanOnPush: boolean;
  readonly encryption: sdk.EncryptionConfiguration;
  lifecyclePolicy?: string;
  readonly tags: Map<string, string>;
  /** Digests of the layers and configurations that were uploaded here, with their sizes. */
  readonly layers: Map<string, number>;
  /** By digest. */
  readonly images: Map<string, Image>;
}

/** All repositories by name, with ECR's refusals. */
export class Repositories {
  readonly #identity: Identity;
  readonly #repositories = new Map<string, Repository>();

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  all(): readonly Repository[] {
    return [...this.#repositories.values()];
  }

  arn(name: string): string {
    return `arn:aws:ecr:${this.#identity.region}:${this.#identity.account}:repository/${name}`;
  }

  uri(name: string): string {
    return `${this.#identity.account}.dkr.ecr.${this.#identity.region}.amazonaws.com/${name}`;
  }

  add(repository: Repository): void {
    if (this.#repositories.has(repository.name))
      throw new AwsError(
        "RepositoryAlreadyExistsException",
        `The repository with name '${repository.name}' already exists in the registry with id '${this.#identity.account}'`,
      );
    this.#repositories.set(repository.name, repository);
  }

  remove({ name }: Repository): void {
    this.#repositories.delete(name);
  }

  /** By name; a registry id, where the caller gives one, must be this account. */
  find(name: string | undefined, registryId?: string): Repository {
    const { account } = this.#identity;
    const repository = this.#repositories.get(name ?? "");
    if (!repository || (registryId !== undefined && registryId !== account))
      throw new AwsError(
        "RepositoryNotFoundException",
        `The repository with name '${name}' does not exist in the registry with id '${registryId ?? account}'`,
      );
    return repository;
  }

  byArn(arn: string | undefined): Repository {
    const repository = this.all().find((one) => one.arn === arn);
    if (!repository)
      throw new AwsError("RepositoryNotFoundException", `The repository with arn '${arn}' does not exist`);
    return repository;
  }
}

/** The image of a tag or digest, as far as both are given. */
export function findImage(
  repository: Repository,
  { imageTag, imageDigest }: sdk.ImageIdentifier,
): Image | undefined {
  const image =
    imageDigest === undefined
      ? [...repository.images.values()].find(({ tags }) => imageTag !== undefined && tags.has(imageTag))
      : repository.images.get(imageDigest);
  return imageTag === undefined || image?.tags.has(imageTag) ? image : undefined;
}

/** Whether a tag may move: by the repository's mutability and the filters that except tags from it. */
export function mayMove({ mutability, exclusions }: Repository, tag: string): boolean {
  const excepted = exclusions.some(({ filter = "" }) =>
    new RegExp(`^${filter.split("*").map(literally).join(".*")}$`).test(tag),
  );
  return mutability.startsWith("MUTABLE") !== excepted;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
