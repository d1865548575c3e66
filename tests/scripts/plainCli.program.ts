import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { pulumiCli } from "../../scripts/pulumiCli.ts";
import { pulumiEnvironment, stack } from "../../scripts/pulumiEnvironment.ts";
import { CliFailed, pulumi } from "../../service/adapters/pulumi/cli.ts";
import { type Checkout, copyCheckout } from "../e2e/checkout.ts";
import { type LocalAws, startLocalAws } from "../infra/localAws.ts";
import { skip } from "../skip.ts";

const signal = new AbortController().signal;

describe("the plain Pulumi CLI in a checkout", function () {
  this.timeout(120_000);
  let folder: string;
  let aws: LocalAws;
  let checkout: Checkout;
  let environment: NodeJS.ProcessEnv;
  let cli: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "turnout-host-"));
    aws = await startLocalAws(join(folder, "aws"));
    checkout = copyCheckout();
    cli = await pulumiCli(console.log);
    environment = pulumiEnvironment(
      { ...aws, region: "eu-central-1" },
      { folder: join(folder, "pulumi"), cli, base: process.env },
    );
    // `pulumi stack init` writes into the stack file beside it.
    const aside = join(folder, "aside");
    for (const made of [aside, join(folder, "pulumi", "state")]) mkdirSync(made, { recursive: true });
    writeFileSync(join(aside, "Pulumi.yaml"), "name: turnout\nruntime: nodejs\n");
    await pulumi({ command: cli, environment, folder: aside }, ["stack", "init", stack], signal);
  });
  after(async () => {
    await aws?.close();
    checkout?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const preview = (env = environment) =>
    pulumi(
      { command: cli, environment: env, folder: checkout.folder },
      ["preview", "--stack", stack],
      signal,
    );

  it("runs the program, and writes nothing into the checkout", async () => {
    expect(await preview()).to.match(/\+ \d+ to create/);
    expect(checkout.status()).to.equal("");
  });

  it("ends with the program's own error where the configuration is wrong", async () => {
    const file = join(checkout.folder, `Pulumi.${stack}.yaml`);
    const right = readFileSync(file, "utf8");
    writeFileSync(file, right.replace('turnout:bake: "3"', "turnout:bake: soon"));
    const error = await preview().catch((failed: unknown) => failed);
    writeFileSync(file, right);
    expect(error).to.be.instanceOf(CliFailed);
    expect((error as CliFailed).message)
      .to.contain("turnout:bake is")
      .and.to.contain("nothing was touched");
  });

  it("runs the program on Node 20 with `nodeargs: --import tsx`, and not without", async function () {
    const twenty = nodeTwenty(folder);
    if (twenty === undefined) skip(this, `there is no Node 20 for ${process.platform}-${process.arch}`);
    const old = { ...environment, PATH: [dirname(twenty), environment["PATH"] ?? ""].join(delimiter) };
    const refused: unknown = await preview(old).catch((failed: unknown) => failed);
    expect((refused as CliFailed).message).to.contain('Unknown file extension ".ts"');

    appendFileSync(join(checkout.folder, "Pulumi.yaml"), "    nodeargs: --import tsx\n");
    expect(await preview(old)).to.match(/\+ \d+ to create/);
  });
});

/** The one that was first on PATH before this checkout's, or one from npm. */
function nodeTwenty(folder: string): string | undefined {
  const others = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((entry) => !entry.includes("node_modules"));
  for (const entry of others) {
    const program = join(entry, "node");
    try {
      if (/^v20\./.test(execFileSync(program, ["--version"], { encoding: "utf8" }))) return program;
    } catch {
      // Not here.
    }
  }
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) return undefined;
  const name = `node-linux-${process.arch}`;
  execFileSync("npm", ["install", "--no-save", "--prefix", join(folder, "twenty"), `${name}@20`]);
  return join(folder, "twenty/node_modules", name, "bin/node");
}
