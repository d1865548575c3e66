import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import pg from "pg";
import { createArrivals, type Arrivals } from "../../../../service/adapters/runs/arrivals.ts";
import { createMessages } from "../../../../service/adapters/runs/messages.ts";
import { createRightOfWay } from "../../../../service/adapters/runs/rightOfWay.ts";
import { createRows } from "../../../../service/adapters/runs/rows.ts";
import { createTables } from "../../../../service/adapters/runs/tables.ts";
import type { Deployment } from "../../../../service/deployments/deployment.ts";
import type { NewRun } from "../../../../service/ports/runs.ts";
import { refusal } from "../../fakes/refusal.ts";
import { openPostgres, type TestPostgres } from "./database.ts";
import { newRun } from "./newRun.ts";

const at = { now: "2026-03-01T12:00:00.000Z" };

describe("runs that come to a stack by way of two instances", function () {
  this.timeout(30_000);
  let postgres: TestPostgres;
  let pools: pg.Pool[];
  let instances: Arrivals[];
  /** Ids in the order in which they were enqueued. */
  const enqueued: NewRun[] = [];
  const enqueue = (run: NewRun) => Promise.resolve(void enqueued.push(run));

  before(async () => {
    postgres = await openPostgres();
    const url = await postgres.database("arrivals");
    pools = [1, 2].map(() =>
      new pg.Pool({ connectionString: url, max: 8 }).on("error", () => {
        // the server ends before the pool's last connection does
      }),
    );
    await Promise.all(pools.map((pool) => createTables(pool)));
    instances = pools.map((pool) => createArrivals(pool));
  });
  beforeEach(() => enqueued.splice(0));
  after(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await postgres.close();
  });

  const each = <T>(count: number, act: (instance: Arrivals, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => act(instances[index % 2] as Arrivals, index)));

  it("are one run and one answer for 100 equal requests with one key, and a refusal for another request", async () => {
    const key = { value: "one", request: "a" };
    const answers = await each(100, (instance, index) =>
      instance.admit({ ...newRun(`one-${index}`, { stack: "keyed" }), key }, enqueue),
    );
    expect(new Set(answers.map((view) => JSON.stringify(view))).size).to.equal(1);
    expect(enqueued).to.have.length(1);
    expect(await instances[1]?.byKey(key)).to.deep.equal(answers[0]);
    const other = { ...newRun("other", { stack: "keyed" }), key: { ...key, request: "b" } };
    expect((await refusal(instances[0]?.admit(other, enqueue) as Promise<unknown>)).code).to.equal(
      "idempotency-key-reused",
    );
  });

  it("are one at a time by default: of 100 at once one is begun and 99 are told which", async () => {
    const answers = await each(100, (instance, index) =>
      instance
        .admit(newRun(`reject-${index}`, { stack: "reject" }), enqueue)
        .then(({ id }) => id)
        .catch((error: Error) => error.message),
    );
    const begun = answers.filter((answer) => answer.startsWith("reject-"));
    expect(begun).to.have.length(1);
    for (const answer of answers) expect(answer).to.contain(begun[0]);
  });

  it("are enqueued in the order in which they were written down", async () => {
    await each(50, (instance, index) =>
      instance.admit({ ...newRun(`queue-${index}`, { stack: "queue" }), onBusy: "queue" }, enqueue),
    );
    expect(enqueued.filter(({ waited }) => waited)).to.have.length(49);
    expect(enqueued[0]?.waited).to.equal(undefined);
  });

  it("end those that wait when they supersede: the newest of 100 is left", async () => {
    const [pool] = pools as [pg.Pool];
    const way = wayOf(pool);
    await instances[0]?.admit(newRun("at-work", { stack: "supersede" }), enqueue);
    await way.take({ id: "at-work", stack: "supersede" }, "forward");
    await each(100, (instance, index) =>
      instance.admit({ ...newRun(`s-${index}`, { stack: "supersede" }), onBusy: "supersede" }, enqueue),
    );
    const runs = await createRows(pool).list({ stack: "supersede", limit: 200 });
    const left = runs.filter(({ status }) => status !== "superseded").map(({ id }) => id);
    expect(left).to.have.members(["at-work", enqueued.at(-1)?.view.id]);
    // Their turn may still come: it is over then.
    const superseded = enqueued.at(-2)?.view.id ?? "";
    expect(await way.take({ id: superseded, stack: "supersede" }, "forward")).to.equal(undefined);
  });

  it("are listed in pages, each once, also where many came in one millisecond", async () => {
    const rows = createRows(pools[0] as pg.Pool);
    const all = (await rows.list({ stack: "supersede", limit: 200 })).map(({ id }) => id);
    const seen: string[] = [];
    for (let page = await rows.list({ stack: "supersede", limit: 7 }); page.length > 0;) {
      seen.push(...page.map(({ id }) => id));
      const { createdAt, id } = page.at(-1) as Deployment;
      page = await rows.list({ stack: "supersede", limit: 7, before: { createdAt, id } });
    }
    expect(seen).to.deep.equal(all);
    expect(seen).to.have.length(101);
  });

  it("are ended by a cancel while they wait, and hear it once they are at work", async () => {
    const [pool] = pools as [pg.Pool];
    const messages = createMessages(pool, wayOf(pool));
    await instances[0]?.admit(newRun("waits", { stack: "cancel" }), enqueue);
    await messages.send("waits", { kind: "cancel" }, at);
    expect((await createRows(pool).get("waits"))?.status).to.equal("cancelled");
    await instances[0]?.admit(newRun("works", { stack: "cancel" }), enqueue);
    await wayOf(pool).take({ id: "works", stack: "cancel" }, "forward");
    await messages.send("works", { kind: "cancel" }, at);
    expect(await messages.of("works")).to.deep.equal([{ kind: "cancel" }]);
  });

  it("write to the load balancer one at a time, and not at all once an undo was answered", async () => {
    const [pool] = pools as [pg.Pool];
    const messages = createMessages(pool, wayOf(pool));
    const way = wayOf(pool);
    await instances[0]?.admit(newRun("moves", { stack: "epochs" }), enqueue);
    const epoch = (await way.take({ id: "moves", stack: "epochs" }, "forward")) ?? "";
    const events: string[] = [];
    const write = way.exclusively("epochs", epoch, async () => {
      events.push("write begins");
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
      events.push("write ends");
    });
    while (events.length === 0) await setImmediate();
    await messages.send("moves", { kind: "undo" }, at).then(() => events.push("undo answered"));
    await write;
    expect(events).to.deep.equal(["write begins", "write ends", "undo answered"]);
    const late = way.exclusively("epochs", epoch, () => Promise.reject(new Error("it acted")));
    expect((await refusal(late)).code).to.equal("overtaken");
    const back = (await way.take({ id: "moves", stack: "epochs" }, "back")) ?? "";
    expect(await way.exclusively("epochs", back, () => Promise.resolve("wrote"))).to.equal("wrote");
    // A second undo changes nothing any more: what is being taken back keeps the right of way.
    await messages.send("moves", { kind: "undo" }, at);
    expect(await way.exclusively("epochs", back, () => Promise.resolve("wrote"))).to.equal("wrote");
  });
});

function wayOf(pool: pg.Pool) {
  return createRightOfWay({ pool, writes: pool, executor: "nobody" });
}
