/*
 * A process for one run of the program. It imports everything first and says that it is ready, so that a run that comes
 * later does not wait for it; it runs one job and ends. Programs in one process share the engine's settings and fail with
 * each other's errors (pulumi#8658), hence a process each.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import events from "@pulumi/pulumi/proto/events_grpc_pb.js";
import eventMessages from "@pulumi/pulumi/proto/events_pb.js";
import languages from "@pulumi/pulumi/proto/language_grpc_pb.js";
import wellKnown from "google-protobuf/google/protobuf/empty_pb.js";
import { program } from "../../../infra/program.ts";
import type { Outputs } from "../../../infra/outputs.ts";
import { heldBack, quick } from "./cli.ts";
import { type EngineEvent, EngineStory } from "./engineEvents.ts";
import type { FromRunner, Job, Result, ToRunner } from "./job.ts";

// The Automation API's own language host; its types are left out of the package.
const require = createRequire(import.meta.url);
const { LanguageServer } = require("@pulumi/pulumi/automation/server.js") as {
  LanguageServer: new (run: () => Promise<pulumi.Inputs>) => grpc.UntypedServiceImplementation;
};
// Each resource sends some five debug messages, one after the other, that nobody reads: 150 ms an update.
(require("@pulumi/pulumi/log/index.js") as { debug: () => Promise<void> }).debug = () => Promise.resolve();

let stop: () => void = () => process.exit(0);
let go: () => void = () => undefined;

process.on("message", (message: ToRunner) => {
  if (message.kind === "stop") stop();
  else if (message.kind === "go") go();
  else void run(message.job).then((result) => say({ kind: "result", result }, () => process.exit(0)));
});
// The service is gone: let the step in hand finish, so that no lock and no half-made resource stays behind.
process.on("disconnect", () => stop());
// While the program runs, Pulumi's language server reports what it throws. What is rejected later is calls to an engine that
// has ended, as it does when a run is aborted; dying of them would leave the CLI without its parent.
process.on("unhandledRejection", () => {});
say({ kind: "ready" });

async function run(job: Job): Promise<Result> {
  // The program reads AWS_REGION and its like from its own process.
  Object.assign(process.env, job.environment);
  const story = new EngineStory();
  let outputs: Outputs | undefined;
  const server = new grpc.Server();
  server.addService(
    languages.LanguageRuntimeService,
    language(job, (answered) => (outputs = answered)),
  );
  server.addService(events.EventsService, eventStream(story));
  const port = await listen(server);

  const started = performance.now();
  const { exitCode, output } = await engine(job, port);
  const ms = Math.round(performance.now() - started);
  server.forceShutdown();
  const { diagnostics, failed, steps } = story;
  return exitCode === 0
    ? { kind: "done", outputs, steps, ms }
    : { kind: "failed", exitCode, output, diagnostics, failed, ms };
}

/** What the engine calls to run the program. */
function language(job: Job, answer: (outputs: Outputs) => void): grpc.UntypedServiceImplementation {
  return new LanguageServer(async () => {
    const outputs = await program(job.placement);
    pulumi.output(outputs).apply((resolved) => answer(resolved as Outputs));
    return outputs;
  });
}

function eventStream(story: EngineStory): grpc.UntypedServiceImplementation {
  type Call = grpc.ServerReadableStream<InstanceType<typeof eventMessages.EventRequest>, unknown>;
  return {
    streamEvents(call: Call, done: grpc.sendUnaryData<unknown>) {
      call.on("data", (request: { getEvent(): string }) => {
        const event = request.getEvent();
        // Half of all events, and nobody reads them.
        if (event.includes('"severity":"debug"')) return;
        const told = story.take(JSON.parse(event) as EngineEvent);
        if (told) say({ kind: "step", ...told });
      });
      call.on("end", () => done(null, new wellKnown.Empty()));
      call.on("error", () => undefined);
    },
  };
}

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
}

const verbs = {
  up: ["up", "--yes", "--skip-preview"],
  "up-after-look": ["up", "--refresh", "--yes", "--skip-preview"],
  preview: ["preview"],
  drift: ["preview", "--refresh"],
} as const;

/** One spawn of the CLI. Its own outputs and history are not asked for: the program has told us. */
function engine(job: Job, port: number): Promise<{ exitCode: number | null; output: string }> {
  const here = `127.0.0.1:${port}`;
  const args = [
    ...verbs[job.kind],
    ...["--stack", job.stack, "--config-file", job.configFile, "--non-interactive", "--color", "never"],
    ...[
      `--client=${here}`,
      "--exec-kind",
      "auto.inline",
      "--event-log",
      `tcp://${here}`,
      "--suppress-outputs",
    ],
    ...job.targets.flatMap((urn) => ["--target", urn]),
  ];
  const environment = { ...job.environment, ...quick, PULUMI_DEBUG_COMMANDS: "true" };
  const child = spawn(...heldBack(job.command, args), {
    cwd: job.folder,
    env: environment,
    stdio: ["pipe", "pipe", "pipe"],
  });
  // It may have ended before it was written down.
  child.stdin.on("error", () => {});
  go = () => child.stdin.end("go\n");
  child.once("spawn", () => say({ kind: "spawned", pid: child.pid ?? 0 }));
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (output += bytes.toString()));
  // The first SIGINT lets the step in hand finish; a second one would make the engine drop it, so there is only one.
  stop = () => {
    stop = () => undefined;
    child.kill("SIGINT");
  };
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
}

function say(message: FromRunner, sent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, {}, () => sent?.());
  else sent?.();
}
