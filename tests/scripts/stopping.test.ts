import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { eventually } from "../rehearsal/eventually.ts";

const module = new URL("../../scripts/stopping.ts", import.meta.url).href;

/** As npm start does: it clears up when it is told to stop, here until its standard input ends, and exits by itself. */
const script = `
  import { stopRequested } from ${JSON.stringify(module)};
  const signal = stopRequested();
  signal.addEventListener("abort", () => console.log("stopping"));
  process.stdin.on("end", () => { console.log("cleared up"); process.exit(signal.aborted ? 0 : 3); }).resume();
  console.log("ready");`;

describe("a process that is asked to stop", function () {
  this.timeout(20_000);
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
  });

  async function ready() {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => name !== "npm_lifecycle_event"),
    );
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    started.push(child);
    let said = "";
    child.stdout.on("data", (piece: Buffer) => (said += piece.toString()));
    const until = (words: string) =>
      eventually(() => Promise.resolve(expect(said).to.contain(words)), 10_000);
    const ended = once(child, "close").then(([code, signal]: (number | string | null)[]) => code ?? signal);
    await until("ready");
    return { child, ended, until, lines: () => said.trim().split("\n") };
  }

  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`is told once by two ${name} 100 ms apart, and clears up to the end`, async () => {
      const { child, ended, until, lines } = await ready();
      child.kill(name);
      await until("stopping");
      // npm passes on what the terminal has sent already.
      await sleep(100);
      child.kill(name);
      child.stdin.end();
      expect(await ended).to.equal(0);
      expect(lines()).to.deep.equal(["ready", "stopping", "cleared up"]);
    });

  it("ends at once by a signal more than a second after the first", async () => {
    const { child, ended, until, lines } = await ready();
    child.kill("SIGINT");
    await until("stopping");
    await sleep(1100);
    child.kill("SIGINT");
    expect(await ended).to.equal(1);
    expect(lines()).to.deep.equal(["ready", "stopping"]);
  });

  it("was not asked by the end of its input alone", async () => {
    const { child, ended } = await ready();
    child.stdin.end();
    expect(await ended).to.equal(3);
  });
});
