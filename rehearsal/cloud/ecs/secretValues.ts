import type * as sdk from "@aws-sdk/client-secrets-manager";
import type { Operations } from "../operations.ts";

export type ReadSecrets = Operations<typeof sdk, "GetSecretValue">;

/**
 * The value that a container's `valueFrom` means: `<ARN of a secret>[:<JSON key>:<version stage>:<version id>]`.
 * Throws an Error whose message begins with ResourceInitializationError, as a task's stopped reason does.
 */
export async function secretValue(valueFrom: string, secrets: ReadSecrets): Promise<string> {
  const parts = valueFrom.split(":");
  if (parts[0] !== "arn" || parts[2] !== "secretsmanager")
    throw unreadable(
      valueFrom,
      "ssm",
      "the rehearsal has Secrets Manager only, give the ARN of a secret there",
    );
  const [key, stage, version] = parts.slice(7);
  const secret = await secrets
    .GetSecretValue({
      SecretId: parts.slice(0, 7).join(":"),
      ...(stage && { VersionStage: stage }),
      ...(version && { VersionId: version }),
    })
    .catch((error: unknown) => {
      const { code = "", message } = error as { readonly code?: string; readonly message: string };
      throw unreadable(valueFrom, "asm", `${code}: ${message}`);
    });
  const text = secret.SecretString;
  if (text === undefined) throw unreadable(valueFrom, "asm", "it is binary, not text");
  return key ? fieldOf(text, { key, valueFrom }) : text;
}

function fieldOf(
  text: string,
  { key, valueFrom }: { readonly key: string; readonly valueFrom: string },
): string {
  try {
    const value = (JSON.parse(text) as Readonly<Record<string, unknown>>)[key];
    if (value !== undefined) return typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    throw unreadable(valueFrom, "asm", `invalid character in the secret: it is no JSON with a key ${key}`);
  }
  throw unreadable(valueFrom, "asm", `retrieved secret from Secrets Manager did not contain json key ${key}`);
}

function unreadable(valueFrom: string, store: "asm" | "ssm", why: string): Error {
  return new Error(
    `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from ${store}: service call has been retried 1 time(s): failed to fetch secret ${valueFrom} from secrets manager: ${why}`,
  );
}
