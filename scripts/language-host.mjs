// A language host for `runtime: nodejs`, for a Pulumi CLI that was built from its Go modules: official ones bring their own.
// The CLI starts it with the engine's address as the last argument and reads its port from the first line of stdout.
// Plain JavaScript for any Node >= 20: it runs on the Node that is first on PATH, as the program does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";

const require = createRequire(import.meta.url);
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb.js");
const language = require("@pulumi/pulumi/proto/language_pb.js");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
const { version } = require("@pulumi/pulumi/package.json");

/** The exit code of a program that has told the engine its error itself. Source: @pulumi/pulumi/cmd/run/error.js */
const bailed = 32;

/** Milliseconds that a program has to end after SIGINT. */
const grace = 2000;

/** Runs in the program, before it: without us there is no engine that it could talk to. */
const endWithUs = `setInterval(() => process.ppid === ${process.pid} || process.kill(process.pid, "SIGKILL"), 200).unref();`;

/** The only argument that is no flag; the handshake may bring another. */
let engine = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
const programs = new Set();

const server = new grpc.Server();
server.addService(LanguageRuntimeService, {
  ...Object.fromEntries(Object.keys(LanguageRuntimeService).map((name) => [name, refuse])),
  handshake: answer((request) => {
    engine = request.getEngineAddress();
    return new language.LanguageHandshakeResponse();
  }),
  getPluginInfo: answer(() => new PluginInfo().setVersion(version)),
  getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
  getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
  getProgramDependencies: answer(() => new language.GetProgramDependenciesResponse()),
  runtimeOptionsPrompts: answer(() => new language.RuntimeOptionsResponse()),
  about: answer(() =>
    new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
  ),
  // npm has installed them: the set-up did, or a person.
  installDependencies: (call) => call.end(),
  run: answer(run),
  cancel: answer(() => {
    for (const program of programs) interrupt(program);
    return new Empty();
  }),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(String(port));
});

// The CLI ends its plugins; one that was killed can't.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid !== parent) end();
}, 500);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, end);

/** Runs the program as Pulumi's own host does: @pulumi/pulumi's cmd/run with the program's own copy of it. */
async function run(request, call) {
  const info = request.getInfo();
  const folder = info.getProgramDirectory();
  const options = info.getOptions()?.toJavaScript() ?? {};
  const words = String(options.nodeargs ?? "").split(/\s+/);
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info.getRootDirectory(),
    stack: request.getStack(),
    pwd: folder,
    parallel: request.getParallel(),
  };
  const program = spawn(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(endWithUs)}`,
      ...words.filter((word) => word !== ""),
      createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run"),
      ...Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, String(value)] : [])),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      info.getEntryPoint() || ".",
      ...request.getArgsList(),
    ],
    {
      cwd: folder,
      env: { ...process.env, ...settings(request, options) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  programs.add(program);
  call.on("cancelled", () => interrupt(program));
  program.stdout.pipe(process.stdout, { end: false });
  program.stderr.pipe(process.stderr, { end: false });
  const code = await new Promise((resolve, reject) => program.once("error", reject).once("close", resolve));
  programs.delete(program);
  const response = new language.RunResponse();
  if (code === bailed) response.setBail(true);
  else if (code !== 0)
    response.setError(`Program exited with ${code === null ? "a signal" : `code ${code}`}`);
  return response;
}

function settings(request, { typescript, tsconfig }) {
  const config = [...request.getConfigMap().entries()].map(([key, value]) => [qualified(key), value]);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList().map(qualified)),
    ...(typescript !== false && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: String(tsconfig) }),
  };
}

/** `turnout:image` -> `turnout:config:image`, which is what the SDK reads. */
function qualified(key) {
  const colon = key.indexOf(":");
  return `${key.slice(0, colon)}:config:${key.slice(colon + 1)}`;
}

/** Ends with the programs. */
function end() {
  clearInterval(watch);
  const running = [...programs];
  for (const program of running) interrupt(program);
  void Promise.all(running.map((program) => once(program, "exit"))).then(() => process.exit(1));
}

function interrupt(program) {
  program.kill("SIGINT");
  const timer = setTimeout(() => program.kill("SIGKILL"), grace);
  program.once("exit", () => clearTimeout(timer));
}

function answer(work) {
  return async (call, done) => {
    try {
      done(null, await work(call.request, call));
    } catch (error) {
      done({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
    }
  };
}

function refuse(call, done) {
  const error = { code: grpc.status.UNIMPLEMENTED, details: "this language host runs programs only" };
  if (done) done(error);
  else call.emit("error", error);
}
