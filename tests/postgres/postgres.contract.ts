import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { skip } from "../skip.ts";
import { createHomes, type Homes } from "./homes.ts";
import { ask } from "./keptServer.ts";
import { plainUser } from "./plainUser.ts";
import { childrenOf, dataOf, isAlive, kill, orphan, until, userOf } from "./processes.ts";

const isRoot = process.getuid?.() === 0;
const seven = "create table kept as select 7 as n";
const kept = "select n from kept";
const readMessage = (error: Error) => error.message;

describe("A Postgres of our own", function () {
  this.timeout(30_000);
  let homes: Homes;
  beforeEach(() => {
    homes = createHomes();
  });
  afterEach(() => homes.close());

  describe("by its socket", () => {
    const socketOf = (url: string) => new URL(url).searchParams.get("host") ?? "";

    it("lets in nobody but its user, also where the folder was there before and open to all", async () => {
      const home = homes.folder();
      const first = await homes.start(home);
      const socket = socketOf(first.url);
      await first.stop();
      mkdirSync(socket, { mode: 0o777 });
      chmodSync(socket, 0o777);
      const second = await homes.start(home);
      expect(statSync(socketOf(second.url)).mode & 0o777).to.equal(0o700);
    });

    it("does not lie in a folder of somebody else's, or behind a link", async function () {
      if (!isRoot) skip(this, "only root can give a folder away");
      const home = homes.folder();
      const first = await homes.start(home);
      const socket = socketOf(first.url);
      await first.stop();
      mkdirSync(socket);
      chownSync(socket, 12345, 12345);
      expect(await homes.start(home).catch(readMessage)).to.contain("belongs to another user");
      rmSync(socket, { recursive: true });
      symlinkSync(home, socket);
      expect(await homes.start(home).catch(readMessage)).to.contain("is no folder");
      rmSync(socket);
    });
  });

  describe("on any folder", () => {
    it("of root, where the user that it runs as can't come", async function () {
      if (!isRoot) skip(this, "only root's server runs as another user");
      const closed = join(homes.folder(), "closed");
      mkdirSync(closed, { mode: 0o700 });
      const home = join(closed, "postgres");
      const first = await homes.start(home);
      expect(userOf(first.pid)).to.be.above(0);
      expect(statSync(closed).mode & 0o777, "the closed folder stays closed").to.equal(0o700);
      expect(dataOf(home).startsWith(closed), "its data lies outside").to.be.false;
      await ask(first.url, seven);
      await first.stop();
      expect(await ask((await homes.start(home)).url, kept)).to.equal(7);
    });

    it("of root that was moved: its data outside is not taken for forgotten, until it is", async function () {
      if (!isRoot) skip(this, "only root's data lies outside of its folder");
      const closed = join(homes.folder(), "closed");
      mkdirSync(closed, { mode: 0o700 });
      const [old, moved] = [join(closed, "old"), join(closed, "moved")];
      const first = await homes.start(old);
      await ask(first.url, seven);
      await first.stop();
      const place = dirname(dataOf(old));
      renameSync(old, moved);
      const second = await homes.start(moved);
      // Places are looked through when one is made, and those of the last minute are left.
      const age = () => utimesSync(join(place, "home"), 0, 0);
      age();
      await homes.start(join(closed, "another"));
      expect(await ask(second.url, kept)).to.equal(7);
      await second.stop();
      rmSync(moved, { recursive: true });
      age();
      await homes.start(join(closed, "third"));
      expect(existsSync(place)).to.be.false;
    });

    it("of root, where anybody may come", async function () {
      if (!isRoot) skip(this, "only root's server runs as another user");
      const home = join(homes.folder(), "postgres");
      const { url, pid } = await homes.start(home);
      expect(userOf(pid)).to.be.above(0);
      expect(statSync(join(home, "data")).uid).to.equal(userOf(pid));
      expect(await ask(url, "show listen_addresses")).to.equal("");
      const socket = new URL(url).searchParams.get("host") ?? "";
      expect(statSync(socket).mode & 0o777, "only its user may connect").to.equal(0o700);
    });

    it("of a plain user, whose path has 150 characters", async function () {
      // Without root, every other test here is this one.
      const user = isRoot ? await plainUser(homes.folder()) : undefined;
      const home = longPath(user?.folder ?? homes.folder());
      const keep = user ? { home, user } : { home };
      const first = await homes.keep(keep);
      expect(userOf(first.pid)).to.equal(user?.uid ?? process.getuid?.());
      expect(dataOf(home)).to.equal(join(home, "data"));
      await ask(first.url, seven);
      await first.stop();
      expect(isAlive(first.pid)).to.be.false;
      expect(await ask((await homes.keep(keep)).url, kept)).to.equal(7);
    });

    it("whose path has 150 characters", async () => {
      const home = longPath(homes.folder());
      expect(await ask((await homes.start(home)).url, "show data_directory")).to.equal(join(home, "data"));
    });

    it("that has another name as well", async () => {
      const folder = homes.folder();
      const [home, alias] = [join(folder, "postgres"), join(folder, "alias")];
      const first = await homes.keep({ home });
      await ask(first.url, seven);
      orphan(first.pid, first.keeper.pid);
      symlinkSync(home, alias);
      const second = await homes.start(alias);
      expect(isAlive(first.pid), "no server may start beside it").to.be.false;
      expect(second.url).to.equal(first.url);
      expect(await ask(second.url, kept)).to.equal(7);
    });
  });

  it("runs beside another: the end of one leaves the other", async () => {
    const folder = homes.folder();
    const [shop, service] = [join(folder, "shop"), join(folder, "service")];
    const [one, other] = await Promise.all([homes.start(shop), homes.start(service)]);
    expect(one.pid).not.to.equal(other.pid);
    expect(one.url).not.to.equal(other.url);
    expect(dataOf(shop)).not.to.equal(dataOf(service));
    await ask(one.url, seven);
    expect(await ask(other.url, kept).catch(readMessage)).to.match(/"kept" does not exist/);

    kill(one.pid);
    await until("the first is dead", () => !isAlive(one.pid));
    expect(await ask(one.url, "select 1").catch(readMessage)).to.match(
      /ECONNREFUSED|ECONNRESET|EPIPE|terminated/,
    );
    expect(await ask(other.url, "select 6 * 7")).to.equal(42);
    expect(isAlive(other.pid)).to.be.true;
    // It has ended already: nothing to wait for.
    await one.stop();
    expect(await ask((await homes.start(shop)).url, kept)).to.equal(7);
  });

  it("is not ended by a second start on its folder while the process that started it runs", async () => {
    const home = join(homes.folder(), "postgres");
    const first = await homes.start(home);
    const refused = await homes.start(home).catch(readMessage);
    expect(refused).to.contain(`started by process ${process.pid}`).and.to.contain("a folder of its own");
    expect(await ask(first.url, "select 6 * 7")).to.equal(42);
  });

  it("keeps its data over a restart, and is gone when stop resolves", async () => {
    const home = join(homes.folder(), "postgres");
    const first = await homes.start(home);
    await ask(first.url, seven);
    await first.stop();
    expect(isAlive(first.pid)).to.be.false;
    expect(existsSync(join(dataOf(home), "postmaster.pid"))).to.be.false;
    const second = await homes.start(home);
    expect(second.pid).not.to.equal(first.pid);
    expect(await ask(second.url, kept)).to.equal(7);
  });

  it("says at once why it does not start", async () => {
    const home = join(homes.folder(), "postgres");
    await (await homes.start(home)).stop();
    appendFileSync(join(dataOf(home), "postgresql.auto.conf"), "no_such_setting = 1\n");
    const started = Date.now();
    const said = await homes.start(home).catch(readMessage);
    expect(said).to.contain(join(home, "postgres.log")).and.contain("no_such_setting");
    expect(Date.now() - started, "far from the 30 s that a start may take").to.be.below(10_000);
  });

  it("does not take its parent along when its folder is removed", async () => {
    const home = join(homes.folder(), "postgres");
    const server = await homes.keep({ home });
    const data = dataOf(home);
    rmSync(data, { recursive: true });
    rmSync(home, { recursive: true, force: true });
    kill(server.pid);
    await until("it and its shell are dead", () => childrenOf(server.keeper.pid ?? 0).length === 0);
    await server.stop();
    expect(server.keeper.exitCode).to.equal(0);
  });

  it("is found by its URL whatever Postgres's variables say", async () => {
    const home = join(homes.folder(), "postgres");
    const environment = { PGPORT: "6543", PGSSLMODE: "require" };
    expect(await ask((await homes.keep({ home, environment })).url, "select 6 * 7")).to.equal(42);
  });
});

/** A folder in `base`, of exactly 150 characters. */
function longPath(base: string): string {
  const path = join(base, "a".repeat(149 - base.length));
  expect(path).to.have.length(150);
  return path;
}
