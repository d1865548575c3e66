import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { pulumiVersion } from "../../scripts/pulumiCli.ts";

const module = new URL("../../scripts/pulumiCli.ts", import.meta.url).href;

/** With all output; fails as the process does. */
const node = promisify(execFile);

describe("a Pulumi CLI", function () {
  this.timeout(20_000);
  let folder: string;
  /** The only folder on PATH. */
  let bin: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "turnout-cli-"));
    bin = join(folder, "bin");
    mkdirSync(bin);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Asks for one in a process of its own; answers the program's path. */
  async function asked(): Promise<string> {
    const script = `import { pulumiCli } from ${JSON.stringify(module)};
      console.log(await pulumiCli(console.error).catch((error) => { console.error(error.message); process.exit(1); }));`;
    const { stdout } = await node(process.execPath, ["--input-type=module", "-e", script], {
      env: { PATH: bin, HOME: folder, XDG_CACHE_HOME: join(folder, "cache") },
    });
    return stdout.trim();
  }

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

  it("is fetched once by two who ask at once", async () => {
    for (const tool of ["tar", "gzip", "sh", "mkdir"])
      symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(bin, tool));
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
    expect(readFileSync(join(folder, "calls"), "utf8")).to.equal("called\n");
  });

  it("without a download and without Go is an error that names both ways to get one", async () => {
    const error = await asked().then(
      () => undefined,
      (failed: { stderr: string }) => failed.stderr,
    );
    expect(error).to.contain("its download site did not answer").and.to.contain("there is no Go");
    expect(error)
      .to.contain(`Install the Pulumi CLI ${pulumiVersion} or newer`)
      .and.to.contain("or Go 1.25 or newer");
    expect(error).to.contain("type the same command again");
  });

  it("is not built with a Go that is too old, and the error says which it is", async () => {
    program("go", "echo go1.21.4");
    const error = await asked().catch((failed: { stderr: string }) => failed.stderr);
    expect(error).to.contain("Go go1.21.4 is too old");
  });
});
