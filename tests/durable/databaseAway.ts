import { expect } from "chai";
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres } from "../../postgres/postgres.ts";
import { createDbosRuns } from "../../service/adapters/runs/dbosRuns.ts";
import { systemClock } from "../../service/adapters/systemClock.ts";
import { buildApp } from "../../service/app.ts";
import { newRun } from "../service/adapters/runs/newRun.ts";
import { fakeWorld } from "../service/fakes/fakeWorld.ts";

const token = "let-me-in";

/** The test of an outage that lasts so many seconds. */
export function describeOutage(seconds: number): void {
  describe(`a database that is away for ${seconds} seconds`, function () {
    this.timeout(60_000 + seconds * 1000);

    it("costs no run: requests are told to come again, and it goes on within 10 s", async () => {
      const { acts, goesOnAfter } = await outage(seconds);
      console.log(`      went on ${goesOnAfter} ms after the database was back`);
      expect(acts).to.deep.equal(["before", "after", "write"]);
      expect(goesOnAfter).to.be.below(10_000);
    });
  });
}

/** What happened around a time without a database. */
interface Outage {
  /** Milliseconds from the database's return to the run's next act. */
  readonly goesOnAfter: number;
  /** Acts of the run, each once. */
  readonly acts: readonly string[];
}

/**
 * Kills the database in the middle of a run and brings it back after so many seconds; requests meanwhile have to be
 * refused as 503 with Retry-After, and the run has to go on by itself.
 */
async function outage(seconds: number): Promise<Outage> {
  const folder = mkdtempSync(join(tmpdir(), "turnout-away-"));
  const home = join(folder, "postgres");
  let postgres = await startPostgres({ folder: home });
  const acts: string[] = [];
  const lost: string[] = [];
  const gate = new AbortController();
  let wentOn = 0;
  const runs = await createDbosRuns({
    access: { url: postgres.url, executor: randomUUID() },
    onLost: (why) => lost.push(why),
    clock: systemClock,
    logger: { info: () => {}, debug: () => {}, warn: () => {}, error: () => {} },
    conduct: async (run, journal) => {
      if (!(await journal.take("forward"))) return;
      await journal.once("before", async () => {
        acts.push("before");
        await once(gate.signal);
      });
      // Without the database nothing is recorded, and so nothing more is done.
      await journal.once("after", () => {
        acts.push("after");
        wentOn = Date.now();
        return journal.exclusively(() => Promise.resolve(void acts.push("write")));
      });
      await journal.report({ ...run.view, status: "succeeded", finishedAt: new Date().toISOString() });
    },
  });
  await runs.begin();
  const app = await buildApp({
    house: { ground: fakeWorld(), runs },
    tokens: [createHash("sha256").update(token).digest("hex")],
  });
  const get = (url: string) => app.inject({ url, headers: { authorization: `Bearer ${token}` } });
  const post = () =>
    app.inject({
      method: "POST",
      url: "/deployments",
      headers: { authorization: `Bearer ${token}` },
      payload: { stack: "prod", image: "shop:1.1" },
    });
  try {
    await runs.start(newRun("lasts"));
    while (acts.length === 0) await sleep(10);
    process.kill(postgres.pid, "SIGKILL");
    await postgres.ended;
    gate.abort();
    const back = Date.now() + seconds * 1000;
    while (Date.now() < back) {
      for (const refused of [await get("/deployments"), await post()]) {
        expect(refused.statusCode, refused.body).to.equal(503);
        expect(refused.headers["retry-after"]).to.equal("1");
        expect(refused.json()).to.include({ code: "database-away" });
      }
      expect((await get("/readyz")).statusCode).to.equal(503);
      expect((await get("/healthz")).statusCode).to.equal(200);
      await sleep(500);
    }
    expect(acts).to.deep.equal(["before"]);
    postgres = await startPostgres({ folder: home });
    const returned = Date.now();
    const signal = AbortSignal.timeout(30_000);
    const view = async () => (await get("/deployments/lasts")).json<{ status: string }>();
    while ((await view()).status !== "succeeded") await sleep(50, undefined, { signal });
    expect(lost).to.deep.equal([]);
    // What was refused was not done after all.
    expect((await runs.list({})).map(({ id }) => id)).to.deep.equal(["lasts"]);
    return { goesOnAfter: wentOn - returned, acts };
  } finally {
    await app.close();
    await runs.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function once(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await sleep(10);
}
