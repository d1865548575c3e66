import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ECRClient } from "@aws-sdk/client-ecr";
import { pushImage } from "../../scripts/push.ts";
import { pulumi } from "../../service/adapters/pulumi/cli.ts";
import type { Result } from "../../service/adapters/pulumi/job.ts";
import { createRunners, type Runners } from "../../service/adapters/pulumi/runners.ts";
import { memoryUpdates } from "../service/fakes/memoryUpdates.ts";
import { createPulumiStacks, type PulumiStacks } from "../../service/adapters/pulumi/stacks.ts";
import { type LocalAws, startLocalAws } from "./localAws.ts";
import { stackFile } from "../../scripts/stackFile.ts";
import { watchProvider, type WatchedProvider } from "./watchedProvider.ts";

export const stack = "rehearsal";
export const passphrase = "rehearsal";
export const signal = new AbortController().signal;

export type Configuration = Readonly<Record<string, unknown>>;

/** The committed configuration of the local stack, without what needs the shop: one task of a trivial service. */
export const plain: Configuration = {
  ...stackFile(stack).config,
  "turnout:secrets": {},
  "turnout:initialCount": 1,
  // A pair of which Fargate allows others with either.
  "turnout:cpu": 512,
  "turnout:memory": 1024,
};

/** The real engine, the real program, and AWS on this machine, with a folder of their own. */
export interface Engine {
  readonly aws: LocalAws;
  readonly provider: WatchedProvider;
  readonly stacks: PulumiStacks;
  /** All that a CLI run needs. */
  readonly environment: NodeJS.ProcessEnv;
  /** As a person's `pulumi up` with this configuration. */
  up(configuration: Configuration, options?: { readonly targets?: readonly string[] }): Promise<Result>;
  preview(configuration: Configuration): Promise<Result>;
  /** As a person's `pulumi refresh`: from now on an update knows what AWS has, and not only what was written last. */
  refresh(): Promise<void>;
  /** Pushes a service that answers 200 on every path under `shop:<tag>`. */
  push(tag: string): Promise<void>;
  close(): Promise<void>;
}

export async function startEngine(): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), "turnout-engine-"));
  const aws = await startLocalAws(join(folder, "aws"));
  const provider = await watchProvider(aws.providers.aws);
  const environment = environmentFor(folder, { aws, provider });
  const cli = { command: "pulumi", environment, folder: join(folder, "person") };
  for (const made of [cli.folder, join(folder, "state")]) await mkdir(made);
  await writeFile(join(cli.folder, "Pulumi.yaml"), "name: turnout\nruntime: nodejs\n");
  await pulumi(cli, ["stack", "init", stack], signal);

  const runners: Runners = createRunners();
  const stacks = createPulumiStacks({
    folder: join(folder, "service"),
    environment,
    updates: memoryUpdates(),
  });
  const configFile = join(cli.folder, `Pulumi.${stack}.yaml`);
  const run = async (
    kind: "up" | "preview",
    configuration: Configuration,
    targets: readonly string[] = [],
  ) => {
    await writeConfiguration(configFile, configuration);
    return runners.run(
      { ...cli, stack, kind, targets, configFile },
      { signal, onSpawned: () => Promise.resolve() },
    );
  };
  return {
    ...{ aws, provider, stacks, environment },
    up: (configuration, options) => run("up", configuration, options?.targets),
    preview: (configuration) => run("preview", configuration),
    async refresh() {
      const refresh = ["refresh", "--yes", "--skip-preview", "--run-program=false"];
      await pulumi(cli, [...refresh, "--stack", stack, "--config-file", configFile], signal);
    },
    push: (tag) => push(join(folder, "image"), { tag, endpoint: aws.awsEndpoint }),
    async close() {
      runners.close();
      stacks.close();
      provider.close();
      await aws.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** JSON is YAML; the salt is the committed one, since it belongs to the passphrase. */
async function writeConfiguration(file: string, configuration: Configuration): Promise<void> {
  const salt = stackFile(stack).encryptionsalt;
  await writeFile(file, JSON.stringify({ encryptionsalt: salt, config: configuration }));
}

/** What every run of the CLI needs, with its state and home in `folder`; AWS where there is one. */
export function environmentFor(
  folder: string,
  given?: { readonly aws: LocalAws; readonly provider: WatchedProvider },
): NodeJS.ProcessEnv {
  const cached = join(homedir(), ".cache", "turnout", "pulumi", "3.258.0");
  return {
    PATH: [...(existsSync(cached) ? [cached] : []), process.env["PATH"]].join(delimiter),
    HOME: homedir(),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    ...(given && {
      PULUMI_DEBUG_PROVIDERS: `aws:${given.provider.port},awsx:${given.aws.providers.awsx}`,
      AWS_REGION: "eu-central-1",
      AWS_ENDPOINT_URL: given.aws.awsEndpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    }),
  };
}

const server = `import { createServer } from "node:http";
createServer((_request, answer) => answer.end("ok")).listen(Number(process.env.PORT), process.env.HOST);
process.on("SIGTERM", () => process.exit(0));
`;

async function push(folder: string, { tag, endpoint }: { tag: string; endpoint: string }): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(join(folder, "server.mjs"), `// ${tag}\n${server}`);
  const image = { config: { Cmd: ["node", "server.mjs"], Env: ["PORT=8080"] } };
  await writeFile(join(folder, "image.json"), JSON.stringify(image));
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const ecr = new ECRClient({ region: "eu-central-1", endpoint, credentials });
  await pushImage({ folder, repository: "shop", tag, ecr });
  ecr.destroy();
}
