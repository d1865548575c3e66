import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import pg from "pg";
import { createHomes, type Homes } from "./homes.ts";
import { ask } from "./keptServer.ts";
import { dataOf, isAlive, kill, orphan, until, userOf, words, workersOn } from "./processes.ts";

const isRoot = process.getuid?.() === 0;
const seven = "create table kept as select 7 as n";
const kept = "select n from kept";
const readMessage = (error: Error) => error.message;

describe("A Postgres that is killed, or its parent", function () {
  this.timeout(30_000);
  let homes: Homes;
  beforeEach(() => {
    homes = createHomes();
  });
  afterEach(() => homes.close());

  it("ends when its parent is killed, in the middle of a statement too", async () => {
    const home = join(homes.folder(), "postgres");
    const { url, pid, keeper } = await homes.keep({ home });
    await ask(url, seven);
    const asking = ask(url, "select pg_sleep(600)").catch(readMessage);
    await untilRuns(url, "select pg_sleep(600)");
    keeper.kill("SIGKILL");
    await until("nothing is left", () => workersOn(home).length === 0);
    expect(isAlive(pid)).to.be.false;
    expect(await asking).to.match(/terminat/i);
    expect(await ask((await homes.start(home)).url, kept)).to.equal(7);
  });

  it("starts at once when its killed parent's server is still ending", async () => {
    const home = join(homes.folder(), "postgres");
    const first = await homes.keep({ home });
    await ask(first.url, seven);
    first.keeper.kill("SIGKILL");
    expect(await ask((await homes.start(home)).url, kept)).to.equal(7);
    expect(isAlive(first.pid)).to.be.false;
  });

  it("ends the server whose parent and shell were killed, and goes on with its data", async () => {
    const home = join(homes.folder(), "postgres");
    const first = await homes.keep({ home });
    await ask(first.url, seven);
    orphan(first.pid, first.keeper.pid);
    await once(first.keeper, "exit");
    expect(isAlive(first.pid), "nobody ends it").to.be.true;
    const second = await homes.start(home);
    expect(isAlive(first.pid)).to.be.false;
    expect(second.pid).not.to.equal(first.pid);
    expect(await ask(second.url, kept)).to.equal(7);
  });

  describe("after a server that was killed", () => {
    it("starts although postmaster.pid is there", async () => {
      const home = join(homes.folder(), "postgres");
      const first = await homes.keep({ home });
      await ask(first.url, seven);
      await killAll(home, first.keeper.pid);
      expect(pidIn(join(dataOf(home), "postmaster.pid"))).to.equal(first.pid);
      expect(await ask((await homes.start(home)).url, kept)).to.equal(7);
    });

    it("starts although its process id is another's by now", async () => {
      const home = join(homes.folder(), "postgres");
      const first = await homes.keep({ home });
      await ask(first.url, seven);
      const socket = new URL(first.url).searchParams.get("host") ?? "";
      const user = { uid: userOf(first.pid), gid: statSync(dataOf(home)).gid };
      await killAll(home, first.keeper.pid);
      // Postgres takes a process of its own user for its server.
      const innocent = spawn("sleep", ["600"], { ...(isRoot && user) });
      try {
        for (const lock of [join(dataOf(home), "postmaster.pid"), join(socket, ".s.PGSQL.5432.lock")]) {
          const said = readFileSync(lock, "utf8");
          expect(said).to.match(new RegExp(`^${first.pid}\n`));
          writeFileSync(lock, said.replace(/^\d+/, String(innocent.pid)));
        }
        expect(await ask((await homes.start(home)).url, kept)).to.equal(7);
        expect(isAlive(innocent.pid ?? 0), "the innocent lives").to.be.true;
      } finally {
        innocent.kill();
      }
    });

    it("starts only when its last backend is gone", async () => {
      const home = join(homes.folder(), "postgres");
      const first = await homes.keep({ home });
      await ask(first.url, seven);
      const busy = "do $$ begin loop perform 1; end loop; end $$";
      const client = new pg.Client(first.url);
      client.on("error", () => undefined);
      await client.connect();
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      const backend = rows[0]?.pid ?? 0;
      try {
        const asking = client.query(busy).catch(readMessage);
        await untilRuns(first.url, busy);
        await killAll(home, first.keeper.pid);
        expect(isAlive(backend), "a busy backend does not see that its server is gone").to.be.true;
        const { url } = await homes.start(home);
        expect(isAlive(backend), "no server may start beside it").to.be.false;
        expect(await asking).to.match(/terminated|ECONNRESET/);
        expect(await ask(url, kept)).to.equal(7);
      } finally {
        kill(backend);
        await client.end();
      }
    });
  });

  describe("whose initdb was interrupted", () => {
    it("by a kill of all, leaves nothing that looks finished", async () => {
      const home = join(homes.folder(), "postgres");
      const keeper = homes.spawn({ home });
      await untilInitdb(home);
      const gone = once(keeper, "exit");
      await killAll(home, keeper.pid);
      await gone;
      expect(existsSync(dataOf(home))).to.be.false;
      expect(halves(home), "it was in the middle").to.have.length(1);

      expect(await ask((await homes.start(home)).url, "select 6 * 7")).to.equal(42);
      expect(halves(home), "what it left is swept").to.be.empty;
    });

    it("by a kill of initdb alone, says so and leaves nothing that looks finished", async () => {
      const home = join(homes.folder(), "postgres");
      const keeper = homes.spawn({ home });
      const said = keeper.stderr ? text(keeper.stderr) : "";
      kill(await untilInitdb(home));
      await once(keeper, "exit");
      expect(await said).to.match(/initdb failed: .*SIGKILL/);
      expect(existsSync(dataOf(home))).to.be.false;
      await until("initdb's own server has ended", () => workersOn(home).length === 0);
      expect(await ask((await homes.start(home)).url, "select 6 * 7")).to.equal(42);
    });
  });
});

/** As a power cut of one server: its keeper, its shell and itself at once. */
async function killAll(home: string, keeper?: number): Promise<void> {
  for (const pid of [keeper ?? [], workersOn(home)].flat()) kill(pid);
  await until("all are dead", () => workersOn(home).length === 0);
}

async function untilRuns(url: string, sql: string): Promise<void> {
  const running = `select count(*)::int from pg_stat_activity where state = 'active' and query = $q$${sql}$q$`;
  const deadline = Date.now() + 10_000;
  while ((await ask(url, running)) !== 1)
    if (Date.now() > deadline) throw new Error(`it does not run within 10 s: ${sql}`);
}

/** Resolves to initdb's process id when its data is half made. */
async function untilInitdb(home: string): Promise<number> {
  let initdb: number | undefined;
  await until("initdb is in the middle", () => {
    const [half] = existsSync(home) ? halves(home) : [];
    initdb = workersOn(home).find((pid) => words(pid)[0]?.endsWith("/initdb"));
    return initdb !== undefined && half !== undefined && existsSync(join(half, "PG_VERSION"));
  });
  return initdb ?? 0;
}

/** Data that an initdb has not finished. */
function halves(home: string): readonly string[] {
  const folder = dirname(dataOf(home));
  return readdirSync(folder)
    .filter((name) => name.startsWith("data."))
    .map((name) => join(folder, name));
}

function pidIn(file: string): number {
  return Number.parseInt(readFileSync(file, "utf8"));
}
