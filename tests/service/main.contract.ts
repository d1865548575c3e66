import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";

const main = fileURLToPath(new URL("../../service/main.ts", import.meta.url));
const token = "let-me-in";

describe("the service's process", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "turnout-service-"));
  const running: ChildProcess[] = [];

  afterEach(() => running.forEach((child) => child.kill("SIGKILL")));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function start(environment: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [main], {
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        TURNOUT_DATA: folder,
        TURNOUT_TOKENS_SHA256: createHash("sha256").update(token).digest("hex"),
        ...environment,
      },
    });
    running.push(child);
    return child;
  }

  it("says where it listens, lets in who has a token, and ends on SIGTERM", async () => {
    const child = start();
    const service = await listening(child);
    expect((await fetch(`${service}/healthz`)).status).to.equal(200);
    expect((await fetch(`${service}/readyz`)).status).to.equal(200);
    expect((await fetch(`${service}/deployments`)).status).to.equal(401);
    const answer = await fetch(`${service}/deployments`, { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).to.deep.equal({ deployments: [] });
    child.kill("SIGTERM");
    expect(await ended(child)).to.equal(0);
  });

  it("ends when the pipe at its standard input does", async () => {
    const child = start();
    await listening(child);
    child.stdin?.end();
    expect(await ended(child)).to.equal(0);
  });

  it("says that its port is taken, and which", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    const child = start({ PORT: String(port) });
    const said = text(child);
    expect(await ended(child)).to.equal(1);
    expect(await said).to.contain(`Port ${port} on 127.0.0.1 is taken. Set PORT to another one`);
    holder.close();
  });

  it("says what is wrong with its settings", async () => {
    const child = start({ TURNOUT_TOKENS_SHA256: "" });
    const said = text(child);
    expect(await ended(child)).to.equal(1);
    expect(await said).to.contain("TURNOUT_TOKENS_SHA256 needs");
  });
});

async function listening(child: ChildProcess): Promise<string> {
  const said = text(child);
  const [line] = (await Promise.race([
    once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data"),
    ended(child).then(async (code) => Promise.reject(new Error(`it ended with ${code}: ${await said}`))),
  ])) as [Buffer];
  return (JSON.parse(line.toString()) as { service: string }).service;
}

/** All that it writes to standard error. */
async function text(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  await ended(child);
  return Buffer.concat(chunks).toString();
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  return child.exitCode;
}
