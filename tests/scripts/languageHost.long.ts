import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { pulumiCli } from "../../scripts/pulumiCli.ts";
import { pulumiEnvironment, stack } from "../../scripts/pulumiEnvironment.ts";
import { CliFailed, pulumi } from "../../service/adapters/pulumi/cli.ts";
import { Descendants } from "../e2e/processes.ts";
import { eventually } from "../rehearsal/eventually.ts";

const signal = new AbortController().signal;

describe("the language host", function () {
  this.timeout(60_000);
  let folder: string;
  /** With the program, of which a run is asked. */
  let workspace: string;
  let environment: NodeJS.ProcessEnv;
  let cli: string;
  const running: ChildProcess[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "turnout-host-"));
    cli = join(folder, "cli/pulumi");
    const path = withoutHosts(process.env["PATH"] ?? "");
    mkdirSync(dirname(cli));
    // Alone in its folder: an official CLI would take the host that lies beside it, and this is about ours.
    copyFileSync(onPath(await pulumiCli(console.log)), cli);
    // No AWS: these programs need none.
    const nowhere = { awsEndpoint: "http://127.0.0.1:9", providers: { aws: 9, awsx: 9 }, region: "any" };
    environment = pulumiEnvironment(nowhere, {
      folder: join(folder, "pulumi"),
      cli,
      base: { ...process.env, PATH: path },
    });
    workspace = join(folder, "workspace");
    for (const made of [workspace, join(folder, "pulumi", "state")]) mkdirSync(made, { recursive: true });
    symlinkSync(join(import.meta.dirname, "../../node_modules"), join(workspace, "node_modules"));
    writeFileSync(join(workspace, "package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
    writeFileSync(
      join(workspace, "Pulumi.yaml"),
      "name: tiny\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    await run("stack", "init", stack);
    await run("config", "set", "colour", "blue");
    await run("config", "set", "--secret", "word", "hidden");
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...words: readonly string[]) =>
    pulumi({ command: cli, environment, folder: workspace }, words, signal);

  async function failure(...words: readonly string[]): Promise<CliFailed> {
    const failed: unknown = await run(...words).catch((error: unknown) => error);
    if (failed instanceof CliFailed) return failed;
    throw new Error("It did not fail as the CLI does.", { cause: failed });
  }

  const program = (text: string) => writeFileSync(join(workspace, "index.ts"), text);

  it("gives the program its names, configuration and secrets, and the engine its outputs", async () => {
    program(`
      import * as pulumi from "@pulumi/pulumi";
      const config = new pulumi.Config();
      export const colour: string = config.require("colour");
      export const word: pulumi.Output<string> = config.requireSecret("word");
      export const names: readonly string[] = [pulumi.getProject(), pulumi.getStack(), String(pulumi.runtime.isDryRun())];
      export const node: string = process.version;
      console.log("said by the program");
    `);
    expect(await run("up", "--yes", "--skip-preview")).to.contain("said by the program");
    const shown = JSON.parse(await run("stack", "output", "--json")) as object;
    expect(shown).to.deep.equal({
      colour: "blue",
      word: "[secret]",
      names: ["tiny", stack, "false"],
      node: process.version,
    });
    expect(await run("stack", "output", "--show-secrets", "word")).to.equal("hidden\n");
  });

  for (const [what, text, words] of [
    ["throws", 'throw new Error("the moon is full");', "the moon is full"],
    ["fails later", 'await Promise.reject(new Error("the moon is full"));', "the moon is full"],
    ["ends itself", "process.exit(7);", "Program exited with code 7"],
    ["is killed", 'process.kill(process.pid, "SIGKILL");', "Program exited with a signal"],
    ["does not parse", "const = 1;", "SyntaxError"],
    [
      "refuses as a user's mistake",
      'import { RunError } from "@pulumi/pulumi"; throw new RunError("no moon here");',
      "no moon here",
    ],
  ] as const)
    it(`makes a preview fail with the program's own words when it ${what}`, async () => {
      program(text);
      const failed = await failure("preview");
      expect(failed.exitCode).to.be.above(0);
      expect(failed.output).to.contain(words);
    });

  it("makes an update fail as well, and the next one is as good as new", async () => {
    program('throw new Error("the moon is full");');
    expect((await failure("up", "--yes", "--skip-preview")).output).to.contain("the moon is full");
    program('export const moon: string = "new";');
    await run("up", "--yes", "--skip-preview");
    expect(await run("stack", "output", "moon")).to.equal("new\n");
  });

  for (const [what, end] of [
    ["^C at the terminal, which everybody gets", (pid: number) => process.kill(-pid, "SIGINT")],
    ["SIGINT to the CLI alone", (pid: number) => process.kill(pid, "SIGINT")],
    ["kill -9 of the CLI", (pid: number) => process.kill(pid, "SIGKILL")],
  ] as const)
    for (const [kind, deaf] of [
      ["a program", ""],
      ["a program that is deaf to SIGINT", 'process.on("SIGINT", () => {});'],
    ] as const)
      it(`leaves no process of ${kind} after ${what}`, async () => {
        const marker = join(folder, "runs");
        rmSync(marker, { force: true });
        program(`
          import { writeFileSync } from "node:fs";
          ${deaf}
          setInterval(() => {}, 1000);
          writeFileSync(${JSON.stringify(marker)}, "");
          await new Promise(() => {});
        `);
        // By which processes are found that are led back to nobody.
        const mark = randomUUID();
        const child = spawn(cli, ["preview", "--stack", stack, "--non-interactive"], {
          cwd: workspace,
          env: { ...environment, TURNOUT_TEST: mark },
          stdio: "ignore",
          detached: true,
        });
        running.push(child);
        const ended = once(child, "exit");
        const { pid } = child;
        if (pid === undefined) throw new Error("The CLI did not start.");
        const started = new Descendants(pid, mark);
        try {
          await eventually(() => Promise.resolve(expect(existsSync(marker)).to.equal(true)), 20_000);
          const alive = started.alive().join("\n");
          expect(alive).to.contain("language-host.mjs").and.to.contain("cmd/run");
          end(pid);
          const [code] = (await ended) as [number | null];
          expect(code).to.not.equal(0);
          await eventually(() => Promise.resolve(expect(started.alive()).to.deep.equal([])), 10_000);
        } finally {
          started.close();
        }
      });
});

function withoutHosts(path: string): string {
  return path
    .split(delimiter)
    .filter((entry) => !existsSync(join(entry, "pulumi-language-nodejs")))
    .join(delimiter);
}

/** Of a program's name or path: its path. */
function onPath(program: string): string {
  return execFileSync("sh", ["-c", 'command -v "$0"', program], { encoding: "utf8" }).trim();
}
