import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import {
  AlreadyRunning,
  claim,
  type Connection,
  holder,
  NotRunning,
  readConnection,
  release,
  writeConnection,
} from "../../scripts/connection.ts";
import { startOf } from "../../scripts/processStart.ts";
import { skip } from "../skip.ts";

const module = new URL("../../scripts/connection.ts", import.meta.url).href;

/** Why two tests skip where there is none. */
const noProc = "there is no /proc, and without it a process id is all that there is to go by";

describe("a house's folder", function () {
  this.timeout(20_000);
  let parent: string;
  let folder: string;
  const started: ChildProcess[] = [];

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "turnout-folder-"));
    folder = join(parent, "house");
  });
  afterEach(async () => {
    for (const child of started.splice(0)) await kill(child);
    rmSync(parent, { recursive: true, force: true });
  });

  it("belongs to whoever claims it, and only its owner may look in", () => {
    claim(folder);
    expect(holder(folder)).to.equal(process.pid);
    expect(modeOf(folder)).to.equal(0o700);
    expect(readdirSync(folder)).to.deep.equal(["pid"]);
  });

  it("is closed to others when it was open before", () => {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    claim(folder);
    expect(modeOf(folder)).to.equal(0o700);
  });

  it("belongs to nobody when it is not there, or empty, or its pid is no number", () => {
    expect(holder(folder)).to.equal(undefined);
    mkdirSync(folder);
    expect(holder(folder)).to.equal(undefined);
    for (const text of ["", "none", "-1", "0", "1.5"]) {
      writeFileSync(join(folder, "pid"), text);
      expect(holder(folder), text).to.equal(undefined);
    }
  });

  it("is claimed again by the same process, which empties it", () => {
    claim(folder);
    writeFileSync(join(folder, "log"), "");
    claim(folder);
    expect(readdirSync(folder)).to.deep.equal(["pid"]);
  });

  it("says nothing of a house that was released, and keeps its logs", () => {
    claim(folder);
    writeConnection(connection(folder));
    writeFileSync(join(folder, "log"), "");
    release(folder);
    expect(readdirSync(folder)).to.deep.equal(["log"]);
    expect(() => readConnection(folder)).to.throw(NotRunning, "npm start");
    // Twice does no harm: start releases on every way out.
    release(folder);
  });

  describe("while another process holds it", () => {
    it("is refused with that process and its addresses, and how to end it", async () => {
      const other = await claimedByOther();
      writeConnection({ ...connection(folder), pid: other });
      const refused = refusalOf(folder);
      expect(refused.message).to.contain(`as process ${other}.`);
      expect(refused.message).to.contain("The shop is at http://127.40.12.2:8080");
      expect(refused.message).to.contain("the service at http://127.0.0.1:7000");
      expect(refused.message).to.match(/npm stop$/);
    });

    it("is refused while that one comes up, and nothing of it is touched", async () => {
      const other = await claimedByOther();
      writeFileSync(join(folder, "data"), "its own");
      const before = readFileSync(join(folder, "pid"), "utf8");
      expect(refusalOf(folder).message).to.contain(`as process ${other}. It is still coming up.`);
      expect(readdirSync(folder).sort()).to.deep.equal(["data", "pid"]);
      expect(readFileSync(join(folder, "pid"), "utf8")).to.equal(before);
      expect(holder(folder)).to.equal(other);
    });

    it("is not reachable before that one has written where", async () => {
      const other = await claimedByOther();
      expect(() => readConnection(folder)).to.throw(NotRunning);
      const written = { ...connection(folder), pid: other };
      writeConnection(written);
      expect(readConnection(folder)).to.deep.equal(written);
    });
  });

  describe("after a killed house", () => {
    it("is taken over and emptied", async () => {
      await claimedByOther();
      writeConnection(connection(folder));
      mkdirSync(join(folder, "aws/ecr"), { recursive: true });
      writeFileSync(join(folder, "aws/ecr/layer"), "old");
      for (const child of started.splice(0)) await kill(child);
      expect(holder(folder)).to.equal(undefined);
      expect(() => readConnection(folder)).to.throw(NotRunning);

      claim(folder);
      expect(holder(folder)).to.equal(process.pid);
      expect(readdirSync(folder)).to.deep.equal(["pid"]);
    });

    it("is taken over when its process id is used again, be it by another node", async function () {
      if (startOf(process.pid) === "unknown") skip(this, noProc);
      const other = await claimedByOther();
      const pid = readFileSync(join(folder, "pid"), "utf8");
      for (const child of started.splice(0)) await kill(child);
      // What the killed house left, but its number is now a program's that has nothing to do with it.
      for (const args of [
        ["sleep", "60"],
        [process.execPath, "-e", "setInterval(() => {}, 9)", "server.js"],
      ] as const) {
        const [program, ...words] = args;
        const again = start(program, words);
        writeFileSync(join(folder, "pid"), pid.replace(String(other), String(again.pid)));
        expect(holder(folder), again.spawnfile).to.equal(undefined);
        claim(folder);
        expect(holder(folder)).to.equal(process.pid);
        expect(again.exitCode, "left alone").to.equal(null);
      }
    });

    it("is taken over when its killed process was not waited for yet", async function () {
      if (startOf(process.pid) === "unknown") skip(this, noProc);
      // `sleep` takes the shell's place and never asks what became of the shell's child: that stays a zombie.
      const shell = start("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"]);
      const [line] = (await once(createInterface({ input: shell.stdout! }), "line")) as [string];
      await until(() => startOf(Number(line)) === undefined);
      expect(existsSync(`/proc/${line}`)).to.equal(true);
      mkdirSync(folder);
      writeFileSync(join(folder, "pid"), line);
      expect(holder(folder)).to.equal(undefined);
    });
  });

  it("goes to one of those who claim it at once, also where a killed house left it", async () => {
    mkdirSync(folder);
    // A process id that can't be: ids end at 2^22.
    writeFileSync(join(folder, "pid"), "99999999 1");
    const script = `
      import { claim } from ${JSON.stringify(module)};
      console.log("ready");
      process.stdin.once("data", () => {
        try { claim(${JSON.stringify(folder)}); console.log("mine"); } catch (error) { console.log(error.name); }
      });`;
    const contenders = Array.from({ length: 4 }, () => run(script));
    const lines = contenders.map(({ stdout }) => createInterface({ input: stdout! })[Symbol.asyncIterator]());
    for (const each of lines) await each.next();
    for (const { stdin } of contenders) stdin!.write("go\n");
    const said = await Promise.all(lines.map(async (each) => String((await each.next()).value)));
    expect(said.sort()).to.deep.equal(["AlreadyRunning", "AlreadyRunning", "AlreadyRunning", "mine"]);
    expect(contenders.map(({ pid }) => pid)).to.include(holder(folder));
    expect(readdirSync(folder)).to.deep.equal(["pid"]);
  });

  describe("its rehearsal.json", () => {
    it("is for its owner alone, whatever the umask", () => {
      const before = process.umask(0);
      try {
        claim(folder);
        writeConnection(connection(folder));
        expect(modeOf(join(folder, "rehearsal.json"))).to.equal(0o600);
      } finally {
        process.umask(before);
      }
    });

    it("has what scripts need, as JSON, and is replaced as a whole", () => {
      claim(folder);
      writeConnection(connection(folder));
      writeConnection({ ...connection(folder), service: "http://127.0.0.1:7001" });
      const text = readFileSync(join(folder, "rehearsal.json"), "utf8");
      expect(JSON.parse(text)).to.deep.equal({ ...connection(folder), service: "http://127.0.0.1:7001" });
      expect(readConnection(folder)).to.deep.equal(JSON.parse(text));
      expect(readdirSync(folder).sort()).to.deep.equal(["pid", "rehearsal.json"]);
    });
  });

  /** A process of its own that claims the folder and stays; answers its id. */
  async function claimedByOther(): Promise<number> {
    const script = `
      import { claim } from ${JSON.stringify(module)};
      claim(${JSON.stringify(folder)});
      console.log("claimed");
      process.stdin.resume();`;
    const other = run(script);
    await once(other.stdout!, "data");
    return other.pid!;
  }

  function run(script: string): ChildProcess {
    return start(process.execPath, ["--input-type=module", "-e", script]);
  }

  function start(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    started.push(child);
    return child;
  }
});

function connection(folder: string): Connection {
  return {
    pid: process.pid,
    stack: "any",
    folder,
    region: "eu-central-1",
    awsEndpoint: "http://127.40.12.1:4566",
    providers: { aws: 1, awsx: 2 },
    service: "http://127.0.0.1:7000",
    shop: "http://127.40.12.2:8080",
    testListener: "http://127.40.12.2:8081",
    token: "secret",
  };
}

function refusalOf(folder: string): AlreadyRunning {
  try {
    claim(folder);
  } catch (error) {
    if (error instanceof AlreadyRunning) return error;
    throw error;
  }
  throw new Error("It was claimed.");
}

function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((next) => setTimeout(next, 10));
}
