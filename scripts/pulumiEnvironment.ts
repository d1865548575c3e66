import { delimiter, dirname, join } from "node:path";
import { pulumiPath } from "./languageHost.ts";

/** The stack on this machine, and its passphrase: it protects nothing, so that anyone can run it. */
export const stack = "rehearsal";
export const passphrase = "rehearsal";

/** What a rehearsal answers to any AWS client: it knows no other keys. */
export const credentials = { accessKeyId: "test", secretAccessKey: "test" } as const;

/** Where a rehearsal listens. */
export interface Aws {
  readonly awsEndpoint: string;
  /** Ports of the Pulumi providers that serve on this machine. */
  readonly providers: { readonly aws: number; readonly awsx: number };
  readonly region: string;
}

/**
 * All that the Pulumi CLI and AWS clients need for the rehearsal of `folder`, on top of `base`. Pulumi's own folder,
 * state included, lies in `folder`: nothing of a person's own Pulumi is read or written.
 */
export function pulumiEnvironment(
  aws: Aws,
  given: { readonly folder: string; readonly cli: string; readonly base: NodeJS.ProcessEnv },
): NodeJS.ProcessEnv {
  const { folder, cli, base } = given;
  return {
    ...Object.fromEntries(Object.entries(base).filter(([name]) => !/^(PULUMI|AWS)_/.test(name))),
    // The program needs our Node, whatever is first on PATH.
    PATH: pulumiPath(cli, {
      folder: join(folder, "bin"),
      path: [dirname(process.execPath), base["PATH"] ?? ""].join(delimiter),
    }),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_DEBUG_PROVIDERS: `aws:${aws.providers.aws},awsx:${aws.providers.awsx}`,
    AWS_REGION: aws.region,
    AWS_ENDPOINT_URL: aws.awsEndpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}
