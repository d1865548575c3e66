import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { callApi, follow } from "../../scripts/api.ts";
import type { Connection } from "../../scripts/connection.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { eventually } from "../rehearsal/eventually.ts";
import { skip } from "../skip.ts";
import { type Checkout, copyCheckout } from "./checkout.ts";
import { Descendants } from "./processes.ts";

interface Run {
  readonly npm: ChildProcess;
  readonly pid: number;
  readonly started: Descendants;
  /** All that it printed by now. */
  said(): string;
  readonly ended: Promise<number | string | null>;
}

/** Milliseconds: the start, and the end of the last process. */
const startsWithin = 90_000;
const endsWithin = 30_000;

describe("npm start", function () {
  this.timeout(180_000);
  let checkout: Checkout;
  const runs: Run[] = [];

  before(function () {
    if (process.platform !== "linux") skip(this, "processes are looked for in /proc");
    checkout = copyCheckout();
  });
  after(async () => {
    for (const { npm, started } of runs) {
      if (npm.exitCode === null && npm.signalCode === null) npm.kill("SIGTERM");
      started.close();
    }
    await Promise.all(runs.map(({ ended }) => ended));
    checkout?.remove();
  });

  function start(...words: readonly string[]): Run {
    const mark = `TURNOUT_TEST=${randomUUID()}`;
    const [name = "", value = ""] = mark.split("=");
    // A process group of its own, as a terminal gives a command.
    const npm = spawn("npm", ["start", "--", ...words], {
      cwd: checkout.folder,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, [name]: value },
    });
    let said = "";
    for (const stream of [npm.stdout, npm.stderr])
      stream.on("data", (piece: Buffer) => (said += piece.toString()));
    const ended = new Promise<number | string | null>((resolve) =>
      npm.once("exit", (code, signal) => resolve(code ?? signal)),
    );
    const pid = npm.pid ?? 0;
    const run = { npm, pid, ended, said: () => said, started: new Descendants(pid, mark) };
    runs.push(run);
    return run;
  }

  /** Waits until it has printed these words. */
  async function until(run: Run, words: string | RegExp): Promise<void> {
    await eventually(() => {
      if (run.npm.exitCode !== null) throw new Error(`npm start ended:\n${run.said()}`);
      return Promise.resolve(expect(run.said()).to.match(new RegExp(words)));
    }, startsWithin);
  }

  async function leavesNothing(run: Run): Promise<void> {
    expect(run.started.count).to.be.above(1);
    await eventually(() => Promise.resolve(expect(run.started.alive()).to.deep.equal([])), endsWithin);
    run.started.close();
    expect(existsSync(join(checkout.folder, ".turnout/rehearsal.json"))).to.equal(false);
  }

  function connection(): Connection {
    return JSON.parse(readFileSync(join(checkout.folder, ".turnout/rehearsal.json"), "utf8")) as Connection;
  }

  const npm = async (...words: readonly string[]) =>
    (await promisify(execFile)("npm", words, { cwd: checkout.folder })).stdout;

  async function ended(run: Deployment): Promise<Deployment> {
    let seen = run;
    for await (const now of follow(connection(), run.id)) seen = now;
    return seen;
  }

  it("deploys 1.1 under load, can be used beside, and ends on ^C with a clean checkout", async () => {
    const began = Date.now();
    const run = start();
    await until(run, "To end it: ");
    const took = (Date.now() - began) / 1000;
    expect(run.said()).to.match(
      /shop:1\.1 had all traffic [\d.]+ s after the POST; [\d,]+ requests, none failed\./,
    );
    // All of it, as a person with a watch would say; after the swap comes only the end of the load. It is below
    // 60 s where nothing else runs; how busy this machine is nobody knows, so `until` bounds it, by 90.
    const told = Number(/From npm start to the finished swap: ([\d.]+) s\./.exec(run.said())?.[1]);
    console.log(`      ${told} s from npm start to the finished swap, ${took.toFixed(1)} s to the last line`);
    expect(told)
      .to.be.above(took - 10)
      .and.below(took);

    const at = connection();
    expect(statSync(join(checkout.folder, ".turnout/rehearsal.json")).mode & 0o777).to.equal(0o600);
    for (const key of ["service", "awsEndpoint", "shop", "testListener"] as const)
      expect(new URL(at[key]).hostname).to.match(/^127\./);
    expect(at).to.include({ stack: "rehearsal", region: "eu-central-1" });
    expect(at.token).to.have.length.above(20);
    expect((await fetch(`${at.service}/docs/json`)).status).to.equal(200);

    const second = start();
    expect(await second.ended).to.equal(1);
    expect(second.said()).to.contain(`is running here already, as process ${at.pid}`).and.to.contain(at.shop);

    const undone = await callApi<Deployment>(at, "POST", "/stacks/rehearsal/undo");
    expect((await ended(undone)).status).to.equal("succeeded");
    expect(await npm("run", "pulumi", "--", "preview", "--refresh", "--expect-no-changes")).to.match(
      /\d+ unchanged/,
    );

    process.kill(-run.pid, "SIGINT");
    await run.ended;
    await leavesNothing(run);
    expect(checkout.status()).to.equal("");
  });

  it("ends on npm stop, and a second one says that nothing runs", async () => {
    const run = start("--no-demo");
    await until(run, "To end it: ");
    await npm("stop");
    await leavesNothing(run);
    expect(await run.ended).to.equal(0);
    expect(checkout.status()).to.equal("");
    expect(await npm("stop")).to.contain("No rehearsal is running here");
  });

  it("ends on SIGTERM to npm, while it comes up", async () => {
    const run = start("--no-demo");
    await until(run, "the whole stack");
    run.npm.kill("SIGTERM");
    await run.ended;
    await leavesNothing(run);
  });

  it("ends when npm is killed, and the next start takes over what is left", async () => {
    const run = start("--no-demo");
    await until(run, "To end it: ");
    run.npm.kill("SIGKILL");
    await run.ended;
    await leavesNothing(run);

    const next = start("--no-demo");
    await until(next, "pulumi up");
    // As hard as it goes: all of the group at once.
    const [killed] = next.started.alive().filter((line) => line.includes("scripts/start.ts"));
    process.kill(Number(killed?.split(" ")[0]), "SIGKILL");
    await next.ended;
    await eventually(() => Promise.resolve(expect(next.started.alive()).to.deep.equal([])), endsWithin);
    expect(existsSync(join(checkout.folder, ".turnout/pid"))).to.equal(true);

    const third = start("--no-demo");
    await until(third, "pulumi up");
    process.kill(-third.pid, "SIGINT");
    await third.ended;
    await leavesNothing(third);
    expect(checkout.status()).to.equal("");
  });

  it("says which port of the service is taken, and leaves nothing", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((listening) => holder.once("listening", listening));
    const { port } = holder.address() as AddressInfo;
    const run = start("--no-demo", "--port", String(port));
    expect(await run.ended).to.equal(1);
    holder.close();
    expect(run.said()).to.contain(
      `Port ${port} on 127.0.0.1 is taken. Give another one with --port, or leave --port out for any free one.`,
    );
    expect(run.said()).to.not.contain("PORT");
    await leavesNothing(run);
  });
});
