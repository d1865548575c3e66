import { type ChildProcess, execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { pulumiVersion } from "../../scripts/pulumiCli.ts";
import { eventually } from "../rehearsal/eventually.ts";

const module = new URL("../../scripts/pulumiCli.ts", import.meta.url).href;

const archive = `pulumi-v${pulumiVersion}-${process.platform}-${process.arch}.tar.gz`;
const checksums = `pulumi-${pulumiVersion}-checksums.txt`;

/** With all output; fails as the process does. */
const node = promisify(execFile);

describe("a Pulumi CLI", function () {
  this.timeout(20_000);
  let folder: string;
  /** The only folder on PATH. */
  let bin: string;
  const running = new Set<ChildProcess>();
  let server: Server | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "turnout-cli-"));
    bin = join(folder, "bin");
    for (const made of [bin, join(folder, "tmp")]) mkdirSync(made);
  });
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
    server?.closeAllConnections();
    server?.close();
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Asks for one in a process of its own, `times` at once; answers the program's path. SIGTERM is its signal. */
  function ask(times = 1): { readonly child: ChildProcess; readonly path: Promise<string> } {
    const script = `import { pulumiCli } from ${JSON.stringify(module)};
      const stopping = new AbortController();
      process.on("SIGTERM", () => stopping.abort(new Error("stopped")));
      const asked = Array.from({ length: ${times} }, () => pulumiCli(console.error, stopping.signal));
      const paths = await Promise.all(asked).catch((error) => { console.error(error.message); process.exit(1); });
      console.log([...new Set(paths)].join());`;
    const answer = node(process.execPath, ["--input-type=module", "-e", script], {
      env: { PATH: bin, HOME: folder, TMPDIR: join(folder, "tmp"), XDG_CACHE_HOME: join(folder, "cache") },
    });
    running.add(answer.child);
    return { child: answer.child, path: answer.then(({ stdout }) => stdout.trim()) };
  }

  const asked = () => ask().path;

  /** The download site, by a real curl that is led here. Answers the names that are asked for, as they come. */
  async function site(files: Readonly<Record<string, string | Buffer>>): Promise<readonly string[]> {
    const names: string[] = [];
    server = createServer(({ url = "" }, answer) => {
      const name = url.replace("/releases/sdk/", "");
      names.push(name);
      answer.writeHead(name in files ? 200 : 404).end(files[name]);
    });
    await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    tools("tar", "gzip");
    const curl = execFileSync("which", ["curl"], { encoding: "utf8" }).trim();
    program(
      "curl",
      `for word; do shift
case "$word" in https://get.pulumi.com/*) word="http://127.0.0.1:${port}/\${word#https://get.pulumi.com/}" ;; esac
set -- "$@" "$word"
done
exec ${curl} "$@"`,
    );
    return names;
  }

  /** What Pulumi packs, as far as it is used. */
  function made(): Buffer {
    const inside = join(folder, "made/pulumi");
    mkdirSync(inside, { recursive: true });
    for (const name of ["pulumi", "pulumi-language-nodejs"]) program(name, "exit 0", inside);
    const file = join(folder, "made.tar.gz");
    if (!existsSync(file)) execFileSync("tar", ["-czf", file, "-C", join(folder, "made"), "pulumi"]);
    return readFileSync(file);
  }

  /** The release's checksums, of which ours is neither the first nor the last. */
  function sums(of: string | Buffer): string {
    const line = (text: string | Buffer, name: string) =>
      `${createHash("sha256").update(text).digest("hex")}  ${name}\n`;
    return line("a", "pulumi-v0.0.0-none-x64.tar.gz") + line(of, archive) + line("b", `${archive}.sig`);
  }

  /** All that a failing one said. */
  async function refusal(path = asked()): Promise<string> {
    return path.then(
      (found) => expect.fail(`it found ${found}`),
      (failed: { stderr: string }) => failed.stderr,
    );
  }

  /** Tools that a fake calls. */
  function tools(...names: readonly string[]): void {
    for (const tool of names)
      symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(bin, tool));
  }

  /** A Go that is new enough; its `build` notes the call and does `text`, with the program's place as $2. */
  function fakeGo(text: string): void {
    program(
      "go",
      `[ "$1" = env ] && echo go1.26.0 && exit
echo called >> ${folder}/calls
while [ "$1" != -o ]; do shift; done
${text}`,
    );
  }

  const calls = () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "");
  const builds = 'echo "#!/bin/sh" > "$2"; chmod +x "$2"';

  function program(name: string, text: string, at = bin): void {
    writeFileSync(join(at, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(at, name), 0o755);
  }

  const cached = () => join(folder, "cache/turnout/pulumi", pulumiVersion);

  it("is the one on PATH when it is new enough", async () => {
    program("pulumi", "echo v3.999.0");
    expect(await asked()).to.equal("pulumi");
  });

  it("is the one that is kept when the one on PATH is too old", async () => {
    program("pulumi", "echo v3.1.0");
    mkdirSync(cached(), { recursive: true });
    program("pulumi", "exit 1", cached());
    expect(await asked()).to.equal(join(cached(), "pulumi"));
  });

  it("is the one that is kept, with nobody asked for another and nothing built", async () => {
    mkdirSync(cached(), { recursive: true });
    program("pulumi", "exit 1", cached());
    program("curl", `echo called >> ${folder}/calls`);
    fakeGo(builds);
    expect(await asked()).to.equal(join(cached(), "pulumi"));
    expect(calls()).to.equal("");
  });

  it("is fetched once by two who ask at once, beside its checksums", async () => {
    const asked = await site({ [archive]: made(), [checksums]: sums(made()) });
    const [first, second] = await Promise.all([ask().path, ask().path]);
    expect(first).to.equal(join(cached(), "pulumi"));
    expect(second).to.equal(first);
    expect(asked).to.deep.equal([checksums, archive]);
    expect(readdirSync(cached()).sort()).to.deep.equal(["pulumi", "pulumi-language-nodejs"]);
    expect(readdirSync(join(folder, "tmp"))).to.deep.equal([]);
  });

  for (const [what, files, why] of [
    [
      "the archive is not the one of the checksums",
      () => ({ [archive]: made(), [checksums]: sums("other") }),
      /SHA-256 \w+/,
    ],
    [
      "the checksums do not name the archive",
      () => ({ [archive]: made(), [checksums]: "" }),
      /checksums do not name pulumi-v/,
    ],
    ["there are no checksums", () => ({ [archive]: made() }), /curl: .*404/],
    ["there is no archive", () => ({ [checksums]: sums(made()) }), /curl: .*404/],
    ["what is sent is no archive", () => ({ [archive]: "<html>", [checksums]: sums("<html>") }), /tar|gzip/],
  ] as const)
    it(`is built, with the reason said, where ${what}`, async () => {
      await site(files());
      tools("chmod");
      fakeGo(builds);
      const { child, path } = ask();
      let said = "";
      child.stderr?.on("data", (piece: Buffer) => (said += piece.toString()));
      expect(await path).to.equal(join(cached(), "pulumi"));
      expect(said)
        .to.match(/could not be downloaded \(/)
        .and.to.match(why);
      expect(calls()).to.equal("called\n");
      // What was refused is nowhere.
      expect(readdirSync(cached())).to.deep.equal(["pulumi"]);
      expect(readdirSync(join(folder, "tmp"))).to.deep.equal([]);
    });

  it("is built once by three who ask while it is, and those who wait say so", async () => {
    tools("sleep", "chmod");
    fakeGo(`while ! [ -e ${folder}/go-on ]; do sleep 0.05; done
${builds}`);
    const first = ask();
    await eventually(() => Promise.resolve(expect(calls()).to.equal("called\n")));
    const two = ask(2);
    let said = "";
    two.child.stderr?.on("data", (piece: Buffer) => (said += piece.toString()));
    await eventually(() =>
      Promise.resolve(expect(said).to.contain("another process is getting it, waiting")),
    );
    writeFileSync(join(folder, "go-on"), "");
    const program = join(cached(), "pulumi");
    expect(await Promise.all([first.path, two.path])).to.deep.equal([program, program]);
    expect(calls()).to.equal("called\n");
    // No lock, no half program, none of what the build wrote on its way.
    expect(readdirSync(cached())).to.deep.equal(["pulumi"]);
    expect(readdirSync(join(cached(), ".."))).to.deep.equal([pulumiVersion]);
    expect(readdirSync(join(folder, "tmp"))).to.deep.equal([]);
  });

  it("that can't be built is an error with Go's own words, and the next try starts afresh", async () => {
    tools("chmod");
    fakeGo('echo half > "$2"; echo "no space left on device" >&2; exit 1');
    const error = await refusal();
    expect(error).to.contain("from its Go modules failed:\nno space left on device\n");
    expect(error).to.contain("type the same command again");
    expect(readdirSync(cached())).to.deep.equal([]);
    expect(readdirSync(join(folder, "tmp"))).to.deep.equal([]);

    fakeGo(builds);
    expect(await asked()).to.equal(join(cached(), "pulumi"));
  });

  it("is not waited for any longer when its reader is stopped, and Go is stopped with it", async () => {
    tools("sleep", "chmod");
    fakeGo(`trap "echo stopped >> ${folder}/calls; exit 1" INT
while :; do sleep 0.05; done`);
    const builder = ask();
    await eventually(() => Promise.resolve(expect(calls()).to.equal("called\n")));
    const waiter = ask();
    await new Promise((said) => waiter.child.stderr?.once("data", said));
    for (const { child, path } of [waiter, builder]) {
      child.kill("SIGTERM");
      await refusal(path);
    }
    expect(calls()).to.equal("called\nstopped\n");
    expect(readdirSync(join(folder, "tmp"))).to.deep.equal([]);
    expect(readdirSync(join(cached(), ".."))).to.deep.equal([pulumiVersion]);
  });

  it("without a download and without Go is an error that names both ways to get one", async () => {
    const error = await refusal();
    expect(error).to.contain("it could not be downloaded").and.to.contain("there is no Go");
    expect(error)
      .to.contain(`Install the Pulumi CLI ${pulumiVersion} or newer`)
      .and.to.contain("or Go 1.25 or newer");
    expect(error).to.contain("type the same command again");
  });

  it("is not built with a Go that is too old, and the error says which it is", async () => {
    program("go", "echo go1.21.4");
    expect(await refusal())
      .to.contain("Go go1.21.4 is too old")
      .and.to.contain("or Go 1.25 or newer");
  });

  it("is not there because of what curl said, which the error repeats", async () => {
    program("curl", 'echo "curl: (6) Could not resolve host" >&2; exit 6');
    expect(await refusal()).to.contain("could not be downloaded (curl: (6) Could not resolve host)");
  });
});
