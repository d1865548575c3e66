import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import type * as pulumi from "@pulumi/pulumi";
import languages from "@pulumi/pulumi/proto/language_grpc_pb.js";

// The Automation API's own language host; its types are left out of the package.
const require = createRequire(import.meta.url);
const { LanguageServer } = require("@pulumi/pulumi/automation/server.js") as {
  LanguageServer: new (run: () => Promise<pulumi.Inputs | void>) => grpc.UntypedServiceImplementation;
};

export type Program = () => Promise<pulumi.Inputs | void>;

export interface Run {
  readonly exitCode: number | null;
  readonly output: string;
  readonly ms: number;
}

/** A recorded resource of the stack's state. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** The real Pulumi engine with a stack of its own, attached to providers on this machine. */
export interface Engine {
  /** Runs `pulumi <args>` over a program that runs in this process. */
  run(args: readonly string[], program?: Program): Promise<Run>;
  /** The same, and fails unless it succeeds. */
  must(args: readonly string[], program?: Program): Promise<Run>;
  resources(): Promise<readonly Recorded[]>;
  close(): Promise<void>;
}

export async function startEngine(providers: {
  readonly aws: number;
  readonly awsx: number;
}): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), "provider-engine-"));
  const work = join(folder, "work");
  for (const made of [work, join(folder, "state")]) await mkdir(made);
  await writeFile(join(work, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
  const cached = join(homedir(), ".cache", "turnout", "pulumi", "3.258.0");
  const environment = {
    PATH: [...(existsSync(cached) ? [cached] : []), process.env["PATH"]].join(delimiter),
    HOME: homedir(),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DEBUG_PROVIDERS: `aws:${providers.aws},awsx:${providers.awsx}`,
  };

  async function run(args: readonly string[], program?: Program): Promise<Run> {
    const started = performance.now();
    const host = program && (await serve(program));
    const hosted = host ? [`--client=127.0.0.1:${host.port}`, "--exec-kind", "auto.inline"] : [];
    const child = spawn("pulumi", [...args, ...hosted, "--non-interactive", "--color", "never"], {
      ...{ cwd: work, env: environment, stdio: ["ignore", "pipe", "pipe"] },
    });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (output += bytes.toString()));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    host?.server.forceShutdown();
    return { exitCode, output, ms: performance.now() - started };
  }

  async function must(args: readonly string[], program?: Program): Promise<Run> {
    const ended = await run(args, program);
    if (ended.exitCode !== 0)
      throw new Error(`pulumi ${args.join(" ")} ended with ${ended.exitCode}:\n${ended.output}`);
    return ended;
  }

  await must(["stack", "init", "test"]);
  return {
    ...{ run, must },
    async resources() {
      const { output } = await must(["stack", "export", "--show-secrets"]);
      const state = JSON.parse(output) as { deployment: { resources?: readonly Recorded[] } };
      return state.deployment.resources ?? [];
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export const up = ["up", "--yes", "--skip-preview", "--stack", "test"];
export const destroy = ["destroy", "--yes", "--skip-preview", "--stack", "test"];
/** Exits with another code than 0 where AWS, the state or the program differ. */
export const drift = ["preview", "--refresh", "--expect-no-changes", "--diff", "--stack", "test"];

async function serve(program: Program) {
  const server = new grpc.Server();
  const service = languages.LanguageRuntimeService as unknown as grpc.ServiceDefinition;
  server.addService(service, new LanguageServer(program));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { server, port };
}
