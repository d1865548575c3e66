import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { clockAt } from "../../../rehearsal/cloud/clock.ts";
import { type Guard, startGuard } from "../../../rehearsal/tasks/guard.ts";
import { CannotStart, launch, type Process } from "../../../rehearsal/tasks/launch.ts";
import { eventually } from "../eventually.ts";
import { isAlive } from "./alive.ts";

describe("launch", () => {
  let folder: string;
  let guard: Guard;
  let lines: string[];
  const clock = clockAt(1);
  const start = (
    command: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Process> =>
    launch(
      {
        ...{ command, folder, environment: { PATH: process.env["PATH"] ?? "", ...environment } },
        take: (some) => lines.push(...some.map(({ message }) => message)),
      },
      { guard, clock },
    );
  const node = (script: string, environment?: Readonly<Record<string, string>>) =>
    start(["node", "-e", script], environment);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "launch-"));
    guard = startGuard();
  });
  beforeEach(() => (lines = []));
  after(async () => {
    await guard.close();
    await rm(folder, { recursive: true });
  });

  it("gives a process its folder and no environment but its own, and takes its lines", async () => {
    process.env["TURNOUT_TEST_LEAK"] = "leaked";
    const one = await node(
      "console.log(process.cwd()); console.error(process.env.COLOUR, process.env.TURNOUT_TEST_LEAK); process.stdout.write('no end')",
      { COLOUR: "green" },
    );
    expect(await one.ended).to.equal(0);
    delete process.env["TURNOUT_TEST_LEAK"];
    expect(lines).to.have.members([folder, "green undefined", "no end"]);
  });

  it("passes every line of a process that ends at once", async () => {
    const one = await node("for (let n = 0; n < 5000; n += 1) console.log(n); process.exitCode = 7");
    expect(await one.ended).to.equal(7);
    expect(lines).to.deep.equal(Array.from({ length: 5000 }, (_, n) => String(n)));
  });

  it("stops with SIGTERM, and the exit code is the process's own", async () => {
    const one = await node(
      "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1e6); console.log('up')",
    );
    await eventually(() => Promise.resolve(expect(lines).to.include("up")));
    expect(await one.stop(10_000)).to.equal(5);
  });

  it("says 143 for one that SIGTERM ends", async () => {
    const one = await node("setInterval(() => {}, 1e6); console.log('up')");
    await eventually(() => Promise.resolve(expect(lines).to.include("up")));
    expect(await one.stop(10_000)).to.equal(143);
  });

  it("kills one that ignores SIGTERM when its time is over, not before", async () => {
    const one = await node(
      "process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1e6); console.log('up')",
    );
    await eventually(() => Promise.resolve(expect(lines).to.include("up")));
    const began = performance.now();
    expect(await one.stop(300)).to.equal(137);
    expect(performance.now() - began).to.be.within(290, 3000);
    expect(lines).to.include("no");
  });

  it("ends a process's children with it", async () => {
    const one = await node(
      "const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {stdio: 'inherit'}); console.log(child.pid); setTimeout(() => process.exit(1), 100)",
    );
    expect(await one.ended).to.equal(1);
    const child = Number(lines[0]);
    expect(child).to.be.greaterThan(1);
    await eventually(() => Promise.resolve(expect(isAlive(child)).to.equal(false)));
  });

  it("refuses a program that is not there, in a container runtime's words", async () => {
    const refused: unknown = await start(["no-such-program"]).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(CannotStart);
    expect((refused as Error).message).to.equal(
      'exec: "no-such-program": executable file not found in $PATH',
    );
  });
});
