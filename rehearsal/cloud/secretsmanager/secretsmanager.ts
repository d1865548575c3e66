import { randomUUID } from "node:crypto";
import type * as sdk from "@aws-sdk/client-secrets-manager";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { addVersion, type Secret, secretArn, Secrets, type SecretVersion, versionAt } from "./secrets.ts";

/** Secrets Manager. The last six characters of an ARN come from the secret's name: see secretArn. */
export type SecretsManager = Operations<
  typeof sdk,
  | "CreateSecret"
  | "GetSecretValue"
  | "PutSecretValue"
  | "DescribeSecret"
  | "DeleteSecret"
  | "RestoreSecret"
  | "ListSecrets"
  | "TagResource"
  | "UntagResource"
>;

export function createSecretsManager({ identity, clock }: Ground): SecretsManager {
  const secrets = new Secrets();

  return atOnce<SecretsManager>({
    CreateSecret(input) {
      only("CreateSecret", input, [
        ...(["Name", "ClientRequestToken", "Description", "SecretBinary", "SecretString", "Tags"] as const),
      ]);
      const name = required(input.Name, "Name");
      const now = clock.now();
      const secret: Secret = {
        ...{
          name,
          arn: secretArn(identity, name),
          created: now,
          changed: now,
          description: input.Description,
        },
        ...{ tags: tagMap(input.Tags), versions: new Map() },
      };
      secrets.add(secret);
      if (input.SecretString === undefined && input.SecretBinary === undefined)
        return { ARN: secret.arn, Name: name };
      const version = newVersion(input, now);
      addVersion(secret, version);
      return { ARN: secret.arn, Name: name, VersionId: version.id };
    },

    GetSecretValue(input) {
      only("GetSecretValue", input, ["SecretId", "VersionId", "VersionStage"]);
      const secret = secrets.findUsable(required(input.SecretId, "SecretId"));
      const { VersionId, VersionStage } = input;
      const version =
        VersionId === undefined
          ? versionAt(secret, VersionStage ?? "AWSCURRENT")
          : secret.versions.get(VersionId);
      if (!version || (VersionStage !== undefined && !version.stages.has(VersionStage)))
        throw new AwsError(
          "ResourceNotFoundException",
          `Secrets Manager can't find the specified secret value for ${VersionId === undefined ? `staging label: ${VersionStage ?? "AWSCURRENT"}` : `VersionId: ${VersionId}`}`,
        );
      return {
        ...{ ARN: secret.arn, Name: secret.name, VersionId: version.id, CreatedDate: version.created },
        ...{ SecretString: version.text, SecretBinary: version.binary, VersionStages: [...version.stages] },
      };
    },

    PutSecretValue(input) {
      only("PutSecretValue", input, [
        ...(["SecretId", "ClientRequestToken", "SecretBinary", "SecretString", "VersionStages"] as const),
      ]);
      const secret = secrets.findUsable(required(input.SecretId, "SecretId"));
      if (input.SecretString === undefined && input.SecretBinary === undefined)
        throw new AwsError(
          "InvalidRequestException",
          "You must provide either SecretString or SecretBinary.",
        );
      const version = newVersion(input, clock.now());
      addVersion(secret, version);
      return {
        ...{ ARN: secret.arn, Name: secret.name, VersionId: version.id },
        VersionStages: [...version.stages],
      };
    },

    DescribeSecret: ({ SecretId }) => described(secrets.find(required(SecretId, "SecretId"))),

    DeleteSecret(input) {
      only("DeleteSecret", input, ["SecretId", "RecoveryWindowInDays", "ForceDeleteWithoutRecovery"]);
      const { RecoveryWindowInDays: days = 30, ForceDeleteWithoutRecovery: force = false } = input;
      const secret = secrets.find(required(input.SecretId, "SecretId"));
      if (force && input.RecoveryWindowInDays !== undefined)
        throw new AwsError(
          "InvalidParameterException",
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
      if (days < 7 || days > 30)
        throw new AwsError(
          "InvalidParameterException",
          "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        );
      const deletion = new Date(clock.now().getTime() + (force ? 0 : days * 86_400_000));
      if (force) secrets.remove(secret);
      else secret.deletion = deletion;
      return { ARN: secret.arn, Name: secret.name, DeletionDate: deletion };
    },

    RestoreSecret({ SecretId }) {
      const secret = secrets.find(required(SecretId, "SecretId"));
      delete secret.deletion;
      return { ARN: secret.arn, Name: secret.name };
    },

    ListSecrets(input) {
      only("ListSecrets", input, ["IncludePlannedDeletion", "MaxResults", "NextToken", "SortOrder"]);
      const found = secrets
        .all()
        .filter(({ deletion }) => !deletion || input.IncludePlannedDeletion === true);
      const { items, next } = page(input.SortOrder === "asc" ? found : found.toReversed(), {
        size: input.MaxResults ?? 100,
        token: input.NextToken,
        refuse: () =>
          new AwsError("InvalidNextTokenException", "The NextToken parameter contains an invalid value."),
      });
      return {
        SecretList: items.map((secret) => {
          const { VersionIdsToStages, ...rest } = described(secret);
          return { ...rest, SecretVersionsToStages: VersionIdsToStages };
        }),
        NextToken: next,
      };
    },

    TagResource({ SecretId, Tags }) {
      const secret = secrets.findUsable(required(SecretId, "SecretId"));
      for (const [key, value] of tagMap(required(Tags, "Tags"))) secret.tags.set(key, value);
      return {};
    },

    UntagResource({ SecretId, TagKeys }) {
      const secret = secrets.findUsable(required(SecretId, "SecretId"));
      for (const key of required(TagKeys, "TagKeys")) secret.tags.delete(key);
      return {};
    },
  });
}

function newVersion(
  input: {
    readonly ClientRequestToken?: string | undefined;
    readonly SecretString?: string | undefined;
    readonly SecretBinary?: Uint8Array | undefined;
    readonly VersionStages?: readonly string[] | undefined;
  },
  created: Date,
): SecretVersion {
  return {
    ...{ id: input.ClientRequestToken ?? randomUUID(), created },
    ...{ text: input.SecretString, binary: input.SecretBinary },
    stages: new Set(input.VersionStages ?? ["AWSCURRENT"]),
  };
}

function described(secret: Secret) {
  return {
    ...{ ARN: secret.arn, Name: secret.name, Description: secret.description },
    ...{ CreatedDate: secret.created, LastChangedDate: secret.changed, DeletedDate: secret.deletion },
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
    VersionIdsToStages: Object.fromEntries(
      [...secret.versions.values()].map(({ id, stages }) => [id, [...stages]]),
    ),
  };
}

function tagMap(tags: readonly sdk.Tag[] = []): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [required(Key, "Key"), Value ?? ""]));
}
