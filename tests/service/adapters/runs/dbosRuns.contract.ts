import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { forget } from "../../../../service/adapters/runs/retention.ts";
import { createDbosRuns } from "../../../../service/adapters/runs/dbosRuns.ts";
import { systemClock } from "../../../../service/adapters/systemClock.ts";
import type { Deployment } from "../../../../service/deployments/deployment.ts";
import type { Journal, NewRun, Runs } from "../../../../service/ports/runs.ts";
import { refusal } from "../../fakes/refusal.ts";
import { openPostgres, type TestPostgres } from "./database.ts";
import { newRun } from "./newRun.ts";

type Conduct = (run: NewRun, journal: Journal) => Promise<void>;

describe("durable runs", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "turnout-effects-"));
  let postgres: TestPostgres;

  before(async () => {
    postgres = await openPostgres();
  });
  after(async () => {
    await postgres.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe("in one process", () => {
    let url: string;
    let runs: Awaited<ReturnType<typeof createDbosRuns>>;
    const scripts = new Map<string, Conduct>();

    before(async () => {
      url = await postgres.database("one");
      runs = await createDbosRuns({
        historyDays: 30,
        access: { url, executor: randomUUID() },
        onLost: (why) => console.error(why),
        clock: systemClock,
        logger: { info: () => {}, debug: () => {}, warn: () => {}, error: () => {} },
        conduct: async (run, journal) => {
          if (await journal.take("forward")) await (scripts.get(run.view.id) ?? succeed)(run, journal);
        },
      });
      await runs.begin();
    });
    after(() => runs.close());

    it("starts an id once, however often it is asked for", async () => {
      let begun = 0;
      scripts.set("one", async (run, journal) => {
        begun += 1;
        await succeed(run, journal);
      });
      await Promise.all([runs.start(newRun("one")), runs.start(newRun("one")), runs.start(newRun("one"))]);
      expect((await ended(runs, "one")).status).to.equal("succeeded");
      expect(begun).to.equal(1);
    });

    it("refuses a second run on a stack and names the first, but not on another stack", async () => {
      const gate = new AbortController();
      scripts.set("slow", async (run, journal) => {
        await journal.once("wait", () => aborted(gate.signal));
        await succeed(run, journal);
      });
      await runs.start(newRun("slow"));
      expect((await refusal(runs.start(newRun("late")))).message).to.contain("slow");
      await runs.start(newRun("elsewhere", { stack: "other" }));
      expect((await ended(runs, "elsewhere")).status).to.equal("succeeded");
      gate.abort();
      await ended(runs, "slow");
      expect(await runs.get("late")).to.equal(undefined);
    });

    it("lets a run hear a message at once, and none after it closed", async () => {
      const begun = new AbortController();
      scripts.set("hears", async (run, journal) => {
        begun.abort();
        const messages = await journal.once("hear", () =>
          journal.messages({ after: 0, signal: new AbortController().signal }),
        );
        await journal.once("close", () => journal.close());
        await succeed({ ...run, view: { ...run.view, notes: messages.map(({ kind }) => kind) } }, journal);
      });
      await runs.start(newRun("hears"));
      await aborted(begun.signal);
      await runs.send("hears", { kind: "cancel" });
      expect((await ended(runs, "hears")).notes).to.deep.equal(["cancel"]);
      expect((await refusal(runs.send("hears", { kind: "undo" }))).code).to.equal("already-ended");
      expect((await refusal(runs.send("nobody", { kind: "undo" }))).code).to.equal("unknown-deployment");
    });

    it("starts a run that follows another one when it is due, not before", async () => {
      const dueAt = new Date(Date.now() + 1500).toISOString();
      scripts.set("leads", async (run, journal) => {
        await journal.follow(newRun("follows", { kind: "rest", dueAt }));
        await succeed(run, journal);
      });
      await runs.start(newRun("leads"));
      await ended(runs, "leads");
      expect((await runs.get("follows"))?.status).to.equal("queued");
      const follower = await ended(runs, "follows");
      expect(Date.parse(follower.finishedAt ?? "")).to.be.at.least(Date.parse(dueAt));
    });

    it("ends a run as stuck when its code throws, with the message", async () => {
      scripts.set("bug", () => Promise.reject(new Error("nobody thought of this")));
      await runs.start(newRun("bug"));
      const view = await ended(runs, "bug");
      expect(view.status).to.equal("stuck");
      expect(view.error?.detail).to.contain("nobody thought of this");
    });

    it("forgets what ended long ago, but never a stack's last move, nor its last stuck run", async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const long = { finishedAt: "2020-01-01T00:00:00.000Z" };
      await client.query(
        "update turnout.runs set created_at = '2020-01-01', view = view || $1 where stack = 'other' and status = 'succeeded'",
        [long],
      );
      await runs.start(newRun("older", { stack: "other", createdAt: "2019-12-31T00:00:00.000Z" }));
      await ended(runs, "older");
      await client.query("update turnout.runs set view = view || $1 where id in ('older', 'bug')", [long]);
      const pool = new pg.Pool({ connectionString: url });
      expect(await forget(pool, 30)).to.equal(1);
      await Promise.all([pool.end(), client.end()]);
      expect(await runs.get("older")).to.equal(undefined);
      expect(await runs.get("elsewhere")).to.include({ status: "succeeded" });
      expect(await runs.get("bug")).to.include({ status: "stuck" });
    });

    it("lists by stack, kind and status, the newest first", async () => {
      const rests = await runs.list({ kind: ["rest"], status: "succeeded" });
      expect(rests.map(({ id }) => id)).to.deep.equal(["follows"]);
      const others = await runs.list({ stack: "other" });
      expect(others.map(({ id }) => id)).to.deep.equal(["elsewhere"]);
    });
  });

  it("go on after kill -9 where they were, and do no finished step again", async () => {
    const url = await postgres.database("killed");
    const effects = join(folder, "effects");
    const gate = join(folder, "gate");
    const first = await worker([url, effects, gate, "survivor"]);
    await until(() => existsSync(effects) && readFileSync(effects, "utf8").includes("second"));
    first.kill("SIGKILL");
    await once(first, "exit");
    writeFileSync(gate, "");
    const second = await worker([url, effects, gate]);
    await until(() => readFileSync(effects, "utf8").includes("third"));
    second.kill("SIGKILL");
    await once(second, "exit");
    expect(readFileSync(effects, "utf8").trim().split("\n")).to.deep.equal([
      "first",
      "second",
      "second",
      "third",
    ]);
  });

  it("are not carried out by a process that has yet to begin, though another one left them in the database", async () => {
    const url = await postgres.database("early");
    const [effects, gate, begin] = ["early-effects", "early-gate", "early-begin"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    writeFileSync(gate, "");
    writeFileSync(effects, "");
    const acts = () => readFileSync(effects, "utf8").trim().split("\n");
    const first = await worker([url, effects, join(folder, "never"), "left"]);
    await until(() => acts().includes("second"));
    first.kill("SIGKILL");
    await once(first, "exit");
    const second = await worker([url, effects, gate, "", begin]);
    const said = words(second);
    // One that had begun would have taken the run up within 2 s.
    await sleep(6000);
    expect(acts()).to.deep.equal(["first", "second"]);
    expect(said()).to.equal("");
    writeFileSync(begin, "");
    await until(() => acts().includes("third") && said() === "begun\n");
    second.kill("SIGKILL");
    await once(second, "exit");
    expect(acts()).to.deep.equal(["first", "second", "second", "third"]);
  });
});

const succeed: Conduct = (run, journal) =>
  journal.report({ ...run.view, status: "succeeded", finishedAt: new Date().toISOString() });

async function ended(runs: Runs, id: string): Promise<Deployment> {
  const signal = AbortSignal.timeout(20_000);
  let view = await runs.get(id);
  while (view && !view.finishedAt && !signal.aborted)
    view = await runs.get(id, { newerThan: view.revision, signal });
  if (!view?.finishedAt) throw new Error(`${id} did not end: ${JSON.stringify(view)}`);
  return view;
}

async function worker(args: readonly string[]): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

/** What a worker has said since now. */
function words(child: ChildProcess): () => string {
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
  return () => said;
}

async function until(condition: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  while (!condition()) await sleep(20, undefined, { signal });
}

function aborted(signal: AbortSignal): Promise<null> {
  return signal.aborted
    ? Promise.resolve(null)
    : new Promise((resolve) => signal.addEventListener("abort", () => resolve(null)));
}
