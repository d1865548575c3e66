import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Cli, pulumi } from "../../service/adapters/pulumi/cli.ts";
import { environmentFor, signal, stack } from "./engine.ts";
import { stackFile } from "../../scripts/stackFile.ts";

const root = new URL("../../", import.meta.url).pathname;

describe("the committed stack files", function () {
  this.timeout(30_000);
  let folder: string;
  let cli: Cli;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "turnout-files-"));
    await mkdir(join(folder, "state"));
    cli = { command: "pulumi", environment: environmentFor(folder), folder };
    await copyFile(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("has the local one in Pulumi's own formatting, with a salt that its passphrase opens", async () => {
    const file = join(folder, `Pulumi.${stack}.yaml`);
    await copyFile(join(root, `Pulumi.${stack}.yaml`), file);
    const committed = await readFile(file, "utf8");
    await pulumi(cli, ["stack", "init", stack], signal);
    // A write of what is there already makes the CLI format the whole file.
    await pulumi(
      cli,
      ["config", "set", "turnout:bake", String(stackFile(stack).config["turnout:bake"])],
      signal,
    );
    expect(await readFile(file, "utf8")).to.equal(committed);
    const shown = await pulumi(cli, ["config", "--json", "--show-secrets"], signal);
    expect(Object.keys(JSON.parse(shown) as object)).to.have.members(Object.keys(stackFile(stack).config));
  });

  it("has production's in the same formatting, to which `stack init` adds only a salt", async () => {
    const file = join(folder, "Pulumi.prod.yaml");
    await copyFile(join(root, "Pulumi.prod.yaml"), file);
    await pulumi(cli, ["stack", "init", "prod"], signal);
    const lines = (await readFile(file, "utf8")).split("\n");
    const committed = await readFile(join(root, "Pulumi.prod.yaml"), "utf8");
    expect(lines.filter((line) => !line.startsWith("encryptionsalt:")).join("\n")).to.equal(committed);
  });
});
