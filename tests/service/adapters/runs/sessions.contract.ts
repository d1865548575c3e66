import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startPostgres, type Postgres } from "../../../../postgres/postgres.ts";
import { createArrivals } from "../../../../service/adapters/runs/arrivals.ts";
import { listenForChanges } from "../../../../service/adapters/runs/changes.ts";
import { openPool } from "../../../../service/adapters/runs/connections.ts";
import { createMessages } from "../../../../service/adapters/runs/messages.ts";
import { createReporter } from "../../../../service/adapters/runs/reporter.ts";
import { createRightOfWay } from "../../../../service/adapters/runs/rightOfWay.ts";
import { createRows } from "../../../../service/adapters/runs/rows.ts";
import { createTables } from "../../../../service/adapters/runs/tables.ts";
import { newRun } from "./newRun.ts";

const at = { now: "2026-03-01T12:00:00.000Z" };

describe("sessions in the database", function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), "turnout-sessions-"));
  let postgres: Postgres;
  let admin: pg.Client;
  let pool: pg.Pool;
  let writes: pg.Pool;
  const enqueue = () => Promise.resolve();

  before(async () => {
    postgres = await startPostgres({ folder: join(folder, "postgres") });
    admin = new pg.Client({ connectionString: postgres.url });
    await admin.connect();
    const access = { url: postgres.url, executor: "me" };
    pool = openPool(access, { max: 4 });
    writes = openPool(access, { max: 2 });
    await createTables(pool);
  });
  after(async () => {
    await Promise.all([pool.end(), writes.end(), admin.end()]);
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("may be lost in the middle of a write, which is done all the same", async () => {
    const way = createRightOfWay({ pool, writes, executor: "me" });
    await createArrivals(pool).admit(newRun("a", { stack: "a" }), enqueue);
    const epoch = (await way.take({ id: "a", stack: "a" }, "forward")) ?? "";
    let acted = 0;
    await way.exclusively("a", epoch, async () => {
      await loseAll();
      acted += 1;
    });
    expect(acted).to.equal(1);
    expect(await way.exclusively("a", epoch, () => Promise.resolve("again"))).to.equal("again");
  });

  it("may be lost in the middle of an arrival, which is refused then", async () => {
    const arrivals = createArrivals(pool);
    const refused: unknown = await arrivals
      .admit(newRun("b", { stack: "b" }), loseAll)
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
    expect(await createRows(pool).get("b")).to.equal(undefined);
  });

  it("are not used up by those who wait for a load balancer that is slow", async () => {
    const way = createRightOfWay({ pool, writes, executor: "me" });
    const messages = createMessages(pool, way);
    await createArrivals(pool).admit(newRun("c", { stack: "c" }), enqueue);
    const epoch = (await way.take({ id: "c", stack: "c" }, "forward")) ?? "";
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const write = way.exclusively("c", epoch, () => {
      ask();
      return answered;
    });
    await asked;
    let told = 0;
    const undos = Array.from({ length: 12 }, () =>
      messages.send("c", { kind: "undo" }, at).then(() => (told += 1)),
    );
    // The run hears of them at once, though nobody is answered before the write has ended.
    while ((await messages.of("c")).length < 12) await sleep(5);
    const began = performance.now();
    await createArrivals(pool).admit(newRun("d", { stack: "d" }), enqueue);
    expect(performance.now() - began).to.be.below(1000);
    expect(told).to.equal(0);
    answer();
    await Promise.all([write, ...undos]);
  });

  it("that listen come back once each, however often they can't", async () => {
    const gate = await openGate(postgres.url);
    const changes = await listenForChanges({ url: gate.url, executor: "me" });
    gate.shut();
    await sleep(3000);
    // One try in half a second.
    expect(gate.refused()).to.be.within(3, 7);
    gate.open();
    await sleep(1200);
    const news = changes.wait("x", AbortSignal.timeout(900)).then(() => performance.now());
    const said = performance.now();
    await admin.query("select pg_notify('turnout_runs', 'x')");
    expect((await news) - said).to.be.below(500);
    await changes.close();
    gate.close();
  });

  it("store what a log or a cut text holds, without what the database refuses", async () => {
    const way = createRightOfWay({ pool, writes, executor: "me" });
    await createArrivals(pool).admit(newRun("e", { stack: "e" }), enqueue);
    await way.take({ id: "e", stack: "e" }, "forward");
    const rows = createRows(pool);
    const reporter = createReporter((view) => rows.report(view, "me"));
    reporter.live();
    const half = "half \u{1F600}".slice(0, -1);
    reporter.tell({ ...newRun("e", { stack: "e" }).view, status: "running", notes: [half, "a\0b"] });
    await reporter.flush();
    expect((await rows.get("e"))?.notes).to.deep.equal(["half \u{FFFD}", "ab"]);
  });

  it("report nothing of a run that another instance has in hand", async () => {
    const way = createRightOfWay({ pool, writes, executor: "other" });
    await createArrivals(pool).admit(newRun("f", { stack: "f" }), enqueue);
    await way.take({ id: "f", stack: "f" }, "forward");
    const rows = createRows(pool);
    const view = { ...newRun("f", { stack: "f" }).view, status: "stuck" } as const;
    await rows.report(view, "me");
    expect((await rows.get("f"))?.status).to.equal("queued");
    await rows.report({ ...view, status: "succeeded" }, "other");
    await rows.report(view, "other");
    expect((await rows.get("f"))?.status).to.equal("succeeded");
  });

  it("take an undo after the point of no return only with the migration accepted", async () => {
    const way = createRightOfWay({ pool, writes, executor: "me" });
    const messages = createMessages(pool, way);
    await createArrivals(pool).admit(newRun("g", { stack: "g" }), enqueue);
    await way.take({ id: "g", stack: "g" }, "forward");
    expect(await messages.passNoReturn("g")).to.deep.equal([]);
    const refused: unknown = await messages.send("g", { kind: "undo" }, at).catch((error: unknown) => error);
    expect(refused).to.include({ code: "migrated" });
    await messages.send("g", { kind: "undo", acceptMigrated: true }, at);
    expect(await messages.of("g")).to.have.length(1);
  });

  it("leave one message for one key, and give its answer again after the run's end, too", async () => {
    const way = createRightOfWay({ pool, writes, executor: "me" });
    const messages = createMessages(pool, way);
    const arrivals = createArrivals(pool);
    await arrivals.admit(newRun("h", { stack: "h" }), enqueue);
    await way.take({ id: "h", stack: "h" }, "forward");
    const key = { value: "undo h", request: "a" };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => messages.send("h", { kind: "undo" }, { ...at, key })),
    );
    expect(new Set(answers.map((view) => JSON.stringify(view))).size).to.equal(1);
    expect(await messages.of("h")).to.have.length(1);
    const end = { ...newRun("h", { stack: "h" }).view, status: "rolled-back" } as const;
    await createRows(pool).report(end, "me");
    expect(await arrivals.byKey(key)).to.deep.equal(answers[0]);
    expect(await arrivals.admit({ ...newRun("i", { stack: "h" }), key }, enqueue)).to.deep.equal(answers[0]);
    const other: unknown = await arrivals.byKey({ ...key, request: "b" }).catch((error: unknown) => error);
    expect(other).to.include({ code: "idempotency-key-reused" });
  });

  async function loseAll(): Promise<void> {
    await admin.query(
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'turnout me' and state like 'idle%'",
    );
    await sleep(50);
  }
});

/** A way to the database over TCP that can be shut. */
async function openGate(database: string) {
  const file = join(new URL(database).searchParams.get("host") ?? "", ".s.PGSQL.5432");
  const open = new Set<Socket>();
  let refused = 0;
  let isShut = false;
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    if (isShut) {
      refused += 1;
      return void socket.destroy();
    }
    const through = connect(file).on("error", () => {});
    open.add(socket).add(through);
    socket.pipe(through).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const url = new URL(database);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    refused: () => refused,
    shut: () => {
      isShut = true;
      for (const socket of open) socket.destroy();
    },
    open: () => (isShut = false),
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
