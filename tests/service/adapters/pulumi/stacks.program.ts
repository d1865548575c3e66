import { execFileSync, spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Release } from "../../../../infra/release.ts";
import { createPulumiStacks, type PulumiStacks } from "../../../../service/adapters/pulumi/stacks.ts";
import { memoryUpdates } from "../../fakes/memoryUpdates.ts";
import { type Engine, plain, signal, stack, startEngine } from "../../../infra/engine.ts";
import { folderOf, locksFolder } from "./places.ts";

describe("stacks behind the Pulumi CLI", function () {
  this.timeout(180_000);
  let engine: Engine;
  let release: Release;
  let turn = 0;

  /** Another release each time, so that there is something to change. */
  const next = (): Release => ({ ...release, environment: { TURN: String((turn += 1)) } });
  const place = (at: AbortSignal = signal) =>
    engine.stacks.place(stack, { colour: "green", release: next() }, at);

  before(async () => {
    engine = await startEngine();
    const target = `urn:pulumi:${stack}::turnout::aws:ecr/repository:Repository::repository`;
    await engine.up(plain, { targets: [target] });
    await engine.push("1.0");
    const up = await engine.up(plain);
    if (up.kind === "failed" || !up.outputs?.record.blue) throw new Error("blue got no release");
    release = { ...up.outputs.record.blue.release, tag: "shop:1.1" };
  });
  after(() => engine.close());

  it("answers outputs and time of an update, and never works in the checkout", async () => {
    const committed = await readFile("Pulumi.rehearsal.yaml", "utf8");
    const { outputs, ms } = await place();
    expect(outputs.record.green?.release.environment).to.deep.equal({ TURN: String(turn) });
    expect(ms).to.be.above(0);
    expect(await readFile("Pulumi.rehearsal.yaml", "utf8")).to.equal(committed);
  });

  it("knows which stacks exist", async () => {
    expect(await engine.stacks.exists(stack, signal)).to.equal(true);
    expect(await engine.stacks.exists("nowhere", signal)).to.equal(false);
    const error = await failureOf(engine.stacks.outputs("nowhere", signal));
    expect(error).to.include({ code: "unknown-stack" });
  });

  describe("and locks", () => {
    const updates = memoryUpdates();
    let stacks: PulumiStacks;
    const { username } = userInfo();
    const placeHere = () => stacks.place(stack, { colour: "green", release: next() }, signal);
    const noted = async (): Promise<number> => {
      const pid = deadProcess();
      await updates.note(stack, { user: username, host: hostname(), pid });
      return pid;
    };

    before(() => {
      const folder = join(folderOf(engine), "locks");
      stacks = createPulumiStacks({ folder, environment: engine.environment, updates });
    });
    after(() => stacks.close());

    it("writes the process of an update down before it takes the lock", async () => {
      await placeHere();
      expect(updates.noted).to.have.length(1);
      expect(updates.noted[0]).to.include({ user: username, host: hostname() });
    });

    it("name a stranger who holds one, and leave it", async () => {
      const lock = await lockStack({ pid: 4711, username: "ann", hostname: "laptop" });
      const error = await failureOf(placeHere());
      await rm(lock);
      expect(error).to.include({ code: "stack-locked" });
      expect(error.message).to.include("ann@laptop (process 4711)");
    });

    it("leave one of this machine's dead that nobody wrote down", async () => {
      const lock = await lockStack({ pid: deadProcess(), username, hostname: hostname() });
      expect(await failureOf(placeHere())).to.include({ code: "stack-locked" });
      await rm(lock);
    });

    it("wait for one of an instance that lives, also where its process is not to be seen from here", async () => {
      updates.whose = "alive";
      const lock = await lockStack({ pid: await noted(), username, hostname: hostname() });
      const placed = placeHere();
      await sleep(1500);
      await rm(lock); // it is still there
      expect((await placed).outputs.record.green?.release.environment).to.deep.equal({ TURN: String(turn) });
    });

    it("wait for the process of a dead instance, then break what it left", async () => {
      updates.whose = "dead";
      const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1500)"]);
      await updates.note(stack, { user: username, host: hostname(), pid: child.pid ?? 0 });
      const lock = await lockStack({ pid: child.pid ?? 0, username, hostname: hostname() });
      await placeHere();
      expect(child.exitCode).to.equal(0);
      expect(await failureOf(readFile(lock))).to.include({ code: "ENOENT" });
    });
  });

  it("follows a person's `pulumi up` without being told, and survives one that failed", async () => {
    const slower = { ...plain, "turnout:idleTimeout": 75 };
    expect((await engine.up(slower)).kind).to.equal("done");
    await place();
    expect((await engine.up({ ...slower, "turnout:cpu": 300 })).kind).to.equal("failed");
    await place();
    // A service that starts now has nothing remembered.
    const fresh = createPulumiStacks({
      folder: join(folderOf(engine), "fresh"),
      environment: engine.environment,
      updates: memoryUpdates(),
    });
    await fresh.place(stack, { colour: "green", release: next() }, signal);
    fresh.close();
    expect((await engine.up(plain)).kind).to.equal("done");
  });

  it("ends an aborted update without a lock and without a half-made resource", async () => {
    const aborting = new AbortController();
    const heard: string[] = [];
    const stacks = createPulumiStacks({
      folder: join(folderOf(engine), "aborted"),
      environment: engine.environment,
      updates: memoryUpdates(),
      listener: ({ urn, op }, state) => {
        heard.push(`${op} ${state}`);
        if (state === "starts" && op === "create-replacement" && urn.endsWith("TaskDefinition::green"))
          aborting.abort(new Error("the deployment was cancelled"));
      },
    });
    const before = await stacks.outputs(stack, signal);
    const error = await failureOf(stacks.place(stack, { colour: "green", release: next() }, aborting.signal));
    expect(error.message).to.equal("the deployment was cancelled");
    expect(heard).to.include("create-replacement starts");
    expect((await stacks.outputs(stack, signal)).record).to.deep.equal(before.record);
    stacks.close();
    await place();
    expect(await engine.stacks.drift(stack, signal)).to.be.empty;
  });

  it("runs two placements at once one after the other, or names the lock", async () => {
    const [first, second] = await Promise.allSettled([place(), place()]);
    const kinds = [first, second].map((one) =>
      one.status === "fulfilled" ? "placed" : (one.reason as { code: string }).code,
    );
    const said = [first, second]
      .map((one) => (one.status === "rejected" ? String(one.reason) : ""))
      .join("\n");
    expect(kinds).to.include("placed");
    for (const kind of kinds) expect(kind, said).to.be.oneOf(["placed", "stack-locked"]);
  });

  async function lockStack(holder: { pid: number; username: string; hostname: string }): Promise<string> {
    const lock = join(locksFolder(engine), "0b0b0b0b-0000-4000-8000-000000000000.json");
    await mkdir(dirname(lock), { recursive: true });
    await writeFile(lock, JSON.stringify({ ...holder, timestamp: new Date().toISOString() }));
    return lock;
  }
});

/** The id of a process that was here. */
function deadProcess(): number {
  return Number(execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }));
}

async function failureOf(run: Promise<unknown>): Promise<Error & { code: string }> {
  return run.then(
    () => {
      throw new Error("It did not fail.");
    },
    (error: unknown) => error as Error & { code: string },
  );
}
