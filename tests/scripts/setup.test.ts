import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";

const root = join(import.meta.dirname, "../..");

/** npm's own exit code when the lockfile does not match is 1; another one, so that it is told apart. */
const failsWith = 37;

describe("the set-up", function () {
  this.timeout(20_000);
  let folder: string;
  let checkout: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "turnout-setup-")));
    // A path with a space, as people have them.
    checkout = join(folder, "a checkout");
    mkdirSync(join(checkout, "scripts"), { recursive: true });
    cpSync(join(root, "scripts/setup.mjs"), join(checkout, "scripts/setup.mjs"));
    touch("package-lock.json", 100);
    fakeNpm(`
      mkdir -p node_modules/.bin
      touch node_modules/.bin/node node_modules/.package-lock.json
    `);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("installs with npm ci, in the checkout, when there is no node_modules", () => {
    const { status, stderr } = setUp();
    expect(status, stderr).to.equal(0);
    expect(calls()).to.deep.equal([`${checkout}: ci --no-audit --no-fund`]);
    expect(stderr).to.contain("installing dependencies (npm ci)");
  });

  it("writes nothing on standard output, so that a script's own stays clean", () => {
    fakeNpm("echo added 900 packages; mkdir -p node_modules/.bin; touch node_modules/.bin/node");
    const { stdout, stderr } = setUp();
    expect(stdout).to.equal("");
    expect(stderr).to.contain("added 900 packages");
  });

  it("does nothing when node_modules is as new as the lockfile, not even say so", () => {
    touch("node_modules/.bin/node", 100);
    touch("node_modules/.package-lock.json", 100);
    expect(setUp()).to.deep.include({ status: 0, stdout: "", stderr: "" });
    expect(calls()).to.deep.equal([]);
  });

  it("does nothing the second time", () => {
    setUp();
    expect(setUp()).to.deep.include({ status: 0, stderr: "" });
    expect(calls()).to.have.lengthOf(1);
  });

  it("installs when node_modules is older than the lockfile", () => {
    touch("node_modules/.bin/node", 99);
    touch("node_modules/.package-lock.json", 99);
    expect(setUp().status).to.equal(0);
    expect(calls()).to.have.lengthOf(1);
  });

  it("installs again where an install was killed: npm's last file is not there", () => {
    touch("node_modules/pg/package.json", 200);
    expect(setUp().status).to.equal(0);
    expect(calls()).to.have.lengthOf(1);
  });

  it("fails with npm's status and words, and says what to type", () => {
    fakeNpm(`echo "npm error code EUSAGE" >&2; exit ${failsWith}`);
    const { status, stderr } = setUp();
    expect(status).to.equal(failsWith);
    expect(stderr).to.match(/npm error code EUSAGE\n.*npm ci failed.*type the same command again/);
  });

  it("fails when npm was killed", () => {
    fakeNpm("kill -9 $$");
    const { status, stderr } = setUp();
    expect(status).to.equal(1);
    expect(stderr).to.contain("npm ci failed");
  });

  it("says so when there is no npm", () => {
    rmSync(join(folder, "bin/npm"));
    const { status, stderr } = setUp();
    expect(status).to.equal(1);
    expect(stderr).to.contain("npm did not start").and.to.contain("Install npm");
  });

  it("works from another folder, and through a link to the checkout", () => {
    symlinkSync(checkout, join(folder, "link"));
    const { status, stderr } = setUp({ script: join(folder, "link/scripts/setup.mjs"), cwd: folder });
    expect(status, stderr).to.equal(0);
    expect(calls()).to.deep.equal([`${checkout}: ci --no-audit --no-fund`]);
  });

  describe("where no package brings Node 24", () => {
    beforeEach(() => fakeNpm("mkdir -p node_modules; touch node_modules/.package-lock.json"));

    for (const version of ["20.0.0", "20.19.4", "21.7.3", "22.0.0", "22.17.9"])
      it(`asks for a newer Node by name, this being ${version}`, () => {
        const { status, stderr } = setUp({ version });
        expect(status).to.equal(1);
        expect(stderr).to.contain(`no Node 24 package for ${process.platform}-${process.arch}`);
        expect(stderr).to.contain(`this is Node ${version}: install Node >= 22.18 and type the same command`);
        expect(calls()).to.have.lengthOf(1);
      });

    for (const version of ["22.18.0", "22.21.1", "24.0.0", "26.1.0"])
      it(`is done with Node ${version}`, () => {
        const { status, stderr } = setUp({ version });
        expect(status, stderr).to.equal(0);
      });

    it("asks for it also when a link to Node is left that leads nowhere", () => {
      fakeNpm(
        "mkdir -p node_modules/.bin; ln -s ../gone node_modules/.bin/node; touch node_modules/.package-lock.json",
      );
      expect(setUp({ version: "20.19.4" }).stderr).to.contain("install Node >= 22.18");
    });
  });

  it("is done with Node 20 where a package brings Node 24", () => {
    expect(setUp({ version: "20.0.0" })).to.deep.include({ status: 0 });
  });

  it("refuses Node 18 before it installs anything", () => {
    const { status, stderr } = setUp({ version: "18.20.4" });
    expect(status).to.equal(1);
    expect(stderr).to.contain("Node 18.20.4 is too old").and.to.contain("Node 20 or newer");
    expect(calls()).to.deep.equal([]);
  });

  it("runs before every npm script, which then takes the place of its shell", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const names = Object.keys(scripts).filter(
      (name) => !(name.startsWith("pre") && name.slice(3) in scripts),
    );
    expect(names).to.include.members(["start", "stop", "test", "pulumi"]);
    for (const name of names) {
      expect(scripts[`pre${name}`], name).to.equal("node scripts/setup.mjs");
      // In one shell with the set-up, `node` would be the one that was there before it.
      expect(scripts[name], name).to.not.contain("setup.mjs");
    }
    for (const name of ["start", "stop", "test", "pulumi"]) expect(scripts[name]).to.match(/^exec node /);
  });

  /** As npm's `pre` hook runs it. `version`: what Node says that it is. */
  function setUp({
    script = "scripts/setup.mjs",
    cwd = checkout,
    version = process.versions.node,
  }: { readonly script?: string; readonly cwd?: string; readonly version?: string } = {}) {
    const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
    const words = ["--import", `data:text/javascript,${encodeURIComponent(older)}`, script];
    return spawnSync(process.execPath, words, {
      cwd,
      encoding: "utf8",
      env: { PATH: join(folder, "bin") },
    });
  }

  /** The only program on PATH: it notes where it was called and with what, then does `text`. */
  function fakeNpm(text: string): void {
    const file = join(folder, "bin/npm");
    mkdirSync(dirname(file), { recursive: true });
    const note = `echo "$PWD: $*" >> '${folder}/calls'`;
    writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${note}\n${text}\n`);
    chmodSync(file, 0o755);
  }

  function calls(): readonly string[] {
    const file = join(folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** A file of the checkout, changed `seconds` after some day's beginning. */
  function touch(name: string, seconds: number): void {
    const file = join(checkout, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    utimesSync(file, 1_700_000_000 + seconds, 1_700_000_000 + seconds);
  }
});
