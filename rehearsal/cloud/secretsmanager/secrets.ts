import { createHash } from "node:crypto";
import type { Identity } from "../cloud.ts";
import { AwsError } from "../awsError.ts";

export interface SecretVersion {
  readonly id: string;
  readonly created: Date;
  readonly text?: string | undefined;
  readonly binary?: Uint8Array | undefined;
  /** AWSCURRENT, AWSPREVIOUS and a caller's own; a stage is on one version at a time. */
  readonly stages: Set<string>;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly created: Date;
  changed: Date;
  /** When it is gone for good, where it was deleted with a window to restore it. */
  deletion?: Date;
  readonly tags: Map<string, string>;
  readonly versions: Map<string, SecretVersion>;
}

/**
 * A secret's ARN. AWS ends it with six random characters; here they come from the name, so that a committed
 * configuration can name the ARN of a secret that each rehearsal makes anew.
 */
export function secretArn({ region, account }: Identity, name: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const hash = createHash("sha256").update(name).digest();
  const suffix = [...hash.subarray(0, 6)].map((byte) => letters[byte % letters.length]).join("");
  return `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`;
}

/** All secrets by name. */
export class Secrets {
  readonly #secrets = new Map<string, Secret>();

  all(): readonly Secret[] {
    return [...this.#secrets.values()];
  }

  add(secret: Secret): void {
    if (this.#secrets.get(secret.name)?.deletion)
      throw new AwsError(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    if (this.#secrets.has(secret.name))
      throw new AwsError(
        "ResourceExistsException",
        `The operation failed because the secret ${secret.name} already exists.`,
      );
    this.#secrets.set(secret.name, secret);
  }

  remove({ name }: Secret): void {
    this.#secrets.delete(name);
  }

  /** By name, ARN, or ARN without its last six characters. */
  find(id: string): Secret {
    const secret =
      this.#secrets.get(id) ??
      this.all().find(({ arn }) => arn === id || arn.replace(/-[^-]{6}$/, "") === id);
    if (!secret)
      throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return secret;
  }

  /** As `find`, for what a secret that waits for its deletion does not allow. */
  findUsable(id: string): Secret {
    const secret = this.find(id);
    if (secret.deletion)
      throw new AwsError(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    return secret;
  }
}

export function addVersion(secret: Secret, version: SecretVersion): void {
  const existing = secret.versions.get(version.id);
  if (existing) {
    if (existing.text === version.text && sameBytes(existing.binary, version.binary)) return;
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${version.id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const former = versionAt(secret, "AWSCURRENT");
  for (const other of secret.versions.values()) {
    for (const stage of version.stages) other.stages.delete(stage);
    if (former && version.stages.has("AWSCURRENT")) other.stages.delete("AWSPREVIOUS");
  }
  if (version.stages.has("AWSCURRENT")) former?.stages.add("AWSPREVIOUS");
  // A version without a stage is deprecated, and AWS removes it.
  for (const other of secret.versions.values()) if (other.stages.size === 0) secret.versions.delete(other.id);
  secret.versions.set(version.id, version);
  secret.changed = version.created;
}

export function versionAt(secret: Secret, stage: string): SecretVersion | undefined {
  return [...secret.versions.values()].find(({ stages }) => stages.has(stage));
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && Buffer.from(a).equals(b));
}
