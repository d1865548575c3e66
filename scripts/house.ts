import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ECRClient } from "@aws-sdk/client-ecr";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { buildImage } from "../examples/shop/images.ts";
import type { ReleaseName } from "../examples/shop/releases.ts";
import { startPostgres } from "../postgres/postgres.ts";
import { type Cli, pulumi } from "../service/adapters/pulumi/cli.ts";
import type { StackView } from "../service/deployments/stackView.ts";
import { callApi } from "./api.ts";
import { type Child, startChild } from "./children.ts";
import type { Connection } from "./connection.ts";
import { type Aws, credentials, pulumiEnvironment, stack } from "./pulumiEnvironment.ts";
import { pushImage } from "./push.ts";
import { type Values, writeStackFile } from "./stackFile.ts";

const root = join(import.meta.dirname, "..");
const region = "eu-central-1";

/** The URN of the repository in infra/registry.ts: an image can only be pushed where it stands. */
const repositoryUrn = `urn:pulumi:${stack}::turnout::aws:ecr/repository:Repository::repository`;

/** The CLI's verbs that run the program; others refuse a configuration. */
const readsConfiguration: ReadonlySet<string> = new Set(["up", "preview", "refresh", "destroy"]);

/** Milliseconds that the first release has to get healthy. */
const healthyWithin = 60_000;

export interface HouseOptions {
  /** Emptied by the caller; all state and logs of the house lie in it. */
  readonly folder: string;
  /** What pulumiCli answered. */
  readonly cli: string;
  /** Divides AWS's own delays. Default 1: real intervals. */
  readonly speed?: number;
  /** Over the committed Pulumi.rehearsal.yaml. */
  readonly configuration?: Values;
  /** Of the service. Default 0: any free one. */
  readonly port?: number;
  /** Where the service finds AWS, when not at its true endpoint: a test puts something of its own in between. */
  readonly awsFor?: (endpoint: string) => Promise<string>;
  /** Told what is being done, in a few words. */
  readonly say?: (words: string) => void;
  readonly signal?: AbortSignal;
}

/** The whole of it on this machine: AWS, the stack with shop:1.0 live, the shop's database, the service. */
export interface House {
  readonly connection: Connection;
  /** All that the Pulumi CLI and AWS clients need. */
  readonly environment: NodeJS.ProcessEnv;
  readonly rehearsal: Child<unknown>;
  readonly service: Child<unknown>;
  /** Builds a release of the shop and pushes it as shop:<name>. */
  push(name: ReleaseName): Promise<void>;
  /** The plain Pulumi CLI on the checkout's program and this stack: `up --yes`. Answers its standard output. */
  pulumi(verb: string, ...words: readonly string[]): Promise<string>;
  /** From now on the configuration of `pulumi`: the committed one, with these over it. */
  configure(changes: Values): void;
  /** Settles with a sentence when a process ended that nobody stopped. */
  readonly broken: Promise<string>;
  close(): Promise<void>;
}

/**
 * Brings it up as a person would with AWS: the repository first, then the image, the database and its secret, then the
 * whole stack, then the service.
 *
 * @throws what went wrong, after everything that was started has been ended
 */
export async function openHouse(options: HouseOptions): Promise<House> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const house = await open(options, (end) => closers.push(end));
    return { ...house, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  options: HouseOptions,
  onClose: (end: () => Promise<void>) => void,
): Promise<Omit<House, "close">> {
  const { folder, cli, speed = 1, port = 0, say = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  let closing = false;

  say("starting AWS on this machine, and the shop's Postgres");
  const rehearsal = await startChild<Omit<Aws, "region">>({
    name: "rehearsal",
    main: join(root, "rehearsal/main.ts"),
    args: ["--folder", join(folder, "aws"), "--speed", String(speed)],
    log: join(folder, "logs", "rehearsal.log"),
  });
  onClose(() => rehearsal.stop());
  signal.throwIfAborted();
  const aws: Aws = { ...rehearsal.first, region };
  const environment = pulumiEnvironment(aws, { folder: join(folder, "pulumi"), cli, base: process.env });
  const forService = await (options.awsFor?.(aws.awsEndpoint) ?? aws.awsEndpoint);
  const token = randomBytes(24).toString("base64url");
  // All three at once, and all are waited for: what has started is closed, whoever fails.
  const [postgres, service, image] = await allOf([
    startPostgres({ folder: join(folder, "shop-postgres") }).then((started) => {
      onClose(() => started.stop());
      return started;
    }),
    startService({
      folder,
      environment: { ...environment, AWS_ENDPOINT_URL: forService },
      token,
      port,
    }).then((started) => {
      onClose(() => {
        closing = true;
        return started.stop();
      });
      return started;
    }),
    buildImage("1.0", join(folder, "images", "1.0")),
  ]);
  signal.throwIfAborted();

  const person: Cli = { command: cli, environment, folder: root };
  const configFile = join(folder, "pulumi", `Pulumi.${stack}.yaml`);
  const configure = (changes: Values) => writeStackFile(configFile, stack, changes);
  const asPerson = (verb: string, ...words: readonly string[]) => {
    const configuration = readsConfiguration.has(verb) ? ["--config-file", configFile] : [];
    return pulumi(person, [verb, ...words, "--stack", stack, ...configuration], signal);
  };
  const up = (...words: readonly string[]) => asPerson("up", "--yes", "--skip-preview", ...words);
  say("pulumi up: the registry");
  await initialise(
    { ...person, folder: join(folder, "pulumi", "init") },
    join(folder, "pulumi", "state"),
    signal,
  );
  configure(options.configuration ?? {});
  await up("--target", repositoryUrn);
  const push = async (name: ReleaseName) => {
    const built = name === "1.0" ? image : await buildImage(name, join(folder, "images", name));
    const ecr = new ECRClient(clientFor(aws));
    await pushImage({ folder: built, repository: "shop", tag: name, ecr }).finally(() => ecr.destroy());
  };
  say("pushing shop:1.0, migrating the shop's database");
  await Promise.all([push("1.0"), keepSecret(aws, postgres.url), migrate(image, postgres.url)]);
  say("pulumi up: the whole stack");
  await up();

  say("waiting until three tasks of shop:1.0 are healthy");
  const view = await untilHealthy({ service: service.first.service, token }, signal);
  const connection: Connection = {
    ...{ pid: process.pid, stack, region, folder, token },
    ...{ awsEndpoint: aws.awsEndpoint, providers: aws.providers },
    ...{ service: service.first.service, shop: view.url, testListener: view.testUrl },
  };
  const broken = Promise.race(
    [rehearsal, service].map(async ({ name, ended }) => {
      const why = await ended;
      // Stopped by us: nobody waits for this any more.
      return closing
        ? new Promise<never>(() => {})
        : `The ${name} is gone: ${why}. Its log: ${folder}/logs/${name}.log`;
    }),
  );
  return { connection, environment, rehearsal, service, push, pulumi: asPerson, configure, broken };
}

/** An instance of the service, with a folder of its own for its state and its log. */
export function startService(given: {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly token: string;
  readonly port: number;
}): Promise<Child<{ readonly service: string }>> {
  const { folder, environment, token, port } = given;
  return startChild({
    name: "service",
    main: join(root, "service/main.ts"),
    // Its garbage is short-lived: collected often, the process keeps half the memory (docs/performance.md).
    flags: ["--max-semi-space-size=2"],
    environment: {
      ...environment,
      HOST: "127.0.0.1",
      PORT: String(port),
      TURNOUT_TOKENS_SHA256: createHash("sha256").update(token).digest("hex"),
      TURNOUT_DATA: join(folder, "service"),
    },
    log: join(folder, "logs", "service.log"),
  });
}

/** `pulumi stack init` writes into the stack file beside it, so it gets a folder of its own. */
async function initialise(cli: Cli, state: string, signal: AbortSignal): Promise<void> {
  await mkdir(cli.folder, { recursive: true });
  await mkdir(state, { recursive: true });
  await writeFile(join(cli.folder, "Pulumi.yaml"), "name: turnout\nruntime: nodejs\n");
  await pulumi(cli, ["stack", "init", stack], signal);
}

async function keepSecret(aws: Aws, url: string): Promise<void> {
  const secrets = new SecretsManagerClient(clientFor(aws));
  await secrets
    .send(new CreateSecretCommand({ Name: "shop/database-url", SecretString: url }))
    .finally(() => secrets.destroy());
}

async function migrate(image: string, url: string): Promise<void> {
  await promisify(execFile)(process.execPath, [join(image, "migrate.mjs")], {
    cwd: image,
    env: { ...process.env, DATABASE_URL: url },
  });
}

async function untilHealthy(
  at: Pick<Connection, "service" | "token">,
  signal: AbortSignal,
): Promise<StackView> {
  const until = Date.now() + healthyWithin;
  for (;;) {
    const view = await callApi<StackView>(at, "GET", `/stacks/${stack}`);
    const { health, tasks } = view.colours[view.live ?? "blue"];
    if (tasks.desired > 0 && health["healthy"] === tasks.desired) return view;
    if (Date.now() > until)
      throw new Error(
        `shop:1.0 did not get healthy: ${JSON.stringify(health)} of ${tasks.desired} tasks. Read logs/ in the rehearsal's folder.`,
      );
    await sleep(250, undefined, { signal });
  }
}

function clientFor({ awsEndpoint, region }: Aws) {
  return { endpoint: awsEndpoint, region, credentials };
}

/** As Promise.all, but settles only when all have: a failure leaves nothing that starts behind our back. */
async function allOf<Parts extends readonly unknown[]>(parts: {
  readonly [Key in keyof Parts]: Promise<Parts[Key]>;
}): Promise<Parts> {
  const settled = await Promise.allSettled(parts);
  const failed = settled.find((part) => part.status === "rejected");
  if (failed) throw failed.reason;
  return settled.map((part) => (part as PromiseFulfilledResult<unknown>).value) as unknown as Parts;
}
