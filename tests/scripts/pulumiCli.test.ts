import { type ChildProcess, execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { pulumiVersion } from "../../scripts/pulumiCli.ts";
import { eventually } from "../rehearsal/eventually.ts";

const module = new URL("../../scripts/pulumiCli.ts", import.meta.url).href;

/** With all output; fails as the process does. */
const node = promisify(execFile);

describe("a Pulumi CLI", function () {
  this.timeout(20_000);
  let folder: string;
  /** The only folder on PATH. */
  let bin: string;
  const running = new Set<ChildProcess>();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "turnout-cli-"));
    bin = join(folder, "bin");
    for (const made of [bin, join(folder, "tmp")]) mkdirSync(made);
  });
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
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

  it("is fetched once by two who ask at once", async () => {
    tools("tar", "gzip", "sh", "mkdir");
    mkdirSync(join(folder, "made/pulumi"), { recursive: true });
    for (const name of ["pulumi", "pulumi-language-nodejs"])
      program(name, "exit 0", join(folder, "made/pulumi"));
    // The download site: it notes each call, and writes the archive where curl's -o says.
    program(
      "curl",
      `echo called >> ${folder}/calls
while [ "$1" != -o ]; do shift; done
tar -czf "$2" -C ${folder}/made pulumi`,
    );
    const [first, second] = await Promise.all([asked(), asked()]);
    expect(first).to.equal(join(cached(), "pulumi"));
    expect(second).to.equal(first);
    expect(calls()).to.equal("called\n");
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

  it("is built where what the download site sends is no archive", async () => {
    tools("tar", "gzip", "sh", "chmod");
    program("curl", 'while [ "$1" != -o ]; do shift; done; echo "<html>" > "$2"');
    fakeGo(builds);
    expect(await asked()).to.equal(join(cached(), "pulumi"));
    expect(calls()).to.equal("called\n");
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
    expect(error).to.contain("its download site did not answer").and.to.contain("there is no Go");
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
    expect(await refusal()).to.contain("did not answer (curl: (6) Could not resolve host)");
  });
});
