import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { lock } from "proper-lockfile";

const run = promisify(execFile);

/** The version that @pulumi/pulumi is pinned to; a newer CLI works with it. */
export const pulumiVersion = "3.258.0";

/** Go's own minimum for the modules in scripts/pulumi-cli. */
const goMinimum = [1, 25] as const;

/** What the build writes at its peak, bytes; it is removed after. */
const buildSpace = 4e9;

/** Where the CLI is kept: outside the checkout, so that every checkout and every run shares it. */
export function cliFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "turnout", "pulumi", pulumiVersion);
}

/**
 * A Pulumi CLI of at least `pulumiVersion`: the one on PATH, else the one kept, else Pulumi's own archive of it, else
 * built from its Go modules (about 5 minutes). Two calls at once build it once.
 *
 * @param signal ends it early: the download, the build, or the wait for another's
 * @returns path of the program
 * @throws Error that names both ways to get one, when neither works here
 */
export async function pulumiCli(
  say: (sentence: string) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  if (await isNewEnough("pulumi")) return "pulumi";
  const folder = cliFolder();
  const program = join(folder, "pulumi");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const release = await locked(folder, { say, signal });
  try {
    if (existsSync(program)) return program;
    const refused = await install(folder, { say, signal });
    signal.throwIfAborted();
    if (refused !== undefined) await build(program, refused, { say, signal });
    return program;
  } finally {
    await release();
  }
}

interface Asked {
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Waits while another process gets one; a killed one's lock is a minute old. Answers how to give it back. */
async function locked(folder: string, { say, signal }: Asked): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await lock(folder, { stale: 60_000, update: 5_000 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    }
    say(`Pulumi CLI ${pulumiVersion}: another process is getting it, waiting`);
    await sleep(1000, undefined, { signal });
  }
}

async function isNewEnough(program: string): Promise<boolean> {
  try {
    const { stdout } = await run(program, ["version"]);
    const [major = 0, minor = 0] = stdout.trim().replace(/^v/, "").split(".").map(Number);
    const [ours = 0, least = 0] = pulumiVersion.split(".").map(Number);
    return major > ours || (major === ours && minor >= least);
  } catch {
    return false;
  }
}

/** Pulumi's archive of the release, if it is the one that the release's checksums name. Answers why not, where it is not. */
async function install(folder: string, { say, signal }: Asked): Promise<string | undefined> {
  say(`Pulumi CLI ${pulumiVersion}: asking Pulumi's download site`);
  // Pulumi names its archives as Node names platforms and processors.
  const archive = `pulumi-v${pulumiVersion}-${process.platform}-${process.arch}.tar.gz`;
  const aside = mkdtempSync(join(tmpdir(), "turnout-pulumi-"));
  try {
    const checksums = await fetched(`pulumi-${pulumiVersion}-checksums.txt`, { aside, signal });
    const file = await fetched(archive, { aside, signal });
    verify(file, { archive, checksums: readFileSync(checksums, "utf8") });
    await run("tar", ["-xzf", file, "-C", aside], { signal });
    for (const name of ["pulumi-language-nodejs", "pulumi"])
      place(join(aside, "pulumi", name), join(folder, name));
    return undefined;
  } catch (error) {
    // "Command failed: …", then what the program said, if it said something.
    const text = error instanceof Error ? error.message : String(error);
    const [failed, said] = text.split("\n").filter((line) => line.trim() !== "");
    const why = said ?? failed ?? "";
    if (!signal.aborted) say(`Pulumi CLI ${pulumiVersion}: could not be downloaded (${why})`);
    return why;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** A file of the release, from Pulumi's download site. Answers where it lies. */
async function fetched(
  name: string,
  { aside, signal }: { readonly aside: string; readonly signal: AbortSignal },
): Promise<string> {
  const file = join(aside, name);
  // A connection that stands still for half a minute counts as no answer; a way round by plain HTTP is not gone.
  const patience = ["--connect-timeout", "10", "--speed-time", "30", "--speed-limit", "1000"];
  const how = ["-fsSL", "--proto-redir", "=https", ...patience, "-o", file];
  await run("curl", [...how, `https://get.pulumi.com/releases/sdk/${name}`], { signal });
  return file;
}

/** @throws Error where the file is not the archive that the checksums are of: cut off, or not Pulumi's */
function verify(file: string, given: { readonly archive: string; readonly checksums: string }): void {
  const { archive, checksums } = given;
  const lines = checksums.split("\n").map((line) => line.trim().split(/\s+\*?/));
  const wanted = lines.find(([, name]) => name === archive)?.[0]?.toLowerCase();
  if (wanted === undefined) throw new Error(`the release's checksums do not name ${archive}`);
  const found = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (found !== wanted)
    throw new Error(`${archive} has the SHA-256 ${found}, and the release's checksums say ${wanted}`);
}

async function build(program: string, refused: string, { say, signal }: Asked): Promise<void> {
  await refuseWithoutGo(refused);
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < buildSpace)
    throw new Error(`Building the Pulumi CLI needs 4 GB free in ${tmpdir()}: make room and try again.`);
  const aside = mkdtempSync(join(tmpdir(), "turnout-pulumi-"));
  const began = Date.now();
  const ended = new AbortController();
  void tellElapsed(began, say, ended.signal);
  try {
    const built = join(aside, "pulumi");
    const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pulumiVersion}`;
    await go(
      [
        "build",
        "-mod=readonly",
        "-ldflags",
        `-s -w ${version}`,
        "-o",
        built,
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      ],
      { aside, signal },
    );
    place(built, program);
  } finally {
    ended.abort();
    rmSync(aside, { recursive: true, force: true });
  }
}

async function refuseWithoutGo(refused: string): Promise<void> {
  const version = await run("go", ["env", "GOVERSION"], {
    env: { ...process.env, GOTOOLCHAIN: "local" },
  }).catch(() => undefined);
  const [major = 0, minor = 0] = (version?.stdout.trim().replace(/^go/, "") ?? "0.0").split(".").map(Number);
  if (major > goMinimum[0] || (major === goMinimum[0] && minor >= goMinimum[1])) return;
  throw new Error(
    `No Pulumi CLI: it is not on PATH, it could not be downloaded (${refused.trim()}), and ` +
      `${version ? `Go ${version.stdout.trim()} is too old` : "there is no Go"} to build it with. ` +
      `Install the Pulumi CLI ${pulumiVersion} or newer from Pulumi's site, or Go ${goMinimum.join(".")} or newer, and type the same command again.`,
  );
}

async function go(
  args: readonly string[],
  { aside, signal }: { readonly aside: string; readonly signal: AbortSignal },
): Promise<void> {
  const environment = {
    ...process.env,
    GOPATH: join(aside, "path"),
    GOCACHE: join(aside, "cache"),
    GOFLAGS: "-modcacherw",
    GOTOOLCHAIN: "local",
  };
  const child = spawn("go", args, {
    cwd: join(import.meta.dirname, "pulumi-cli"),
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
    signal,
    // Go waits for its compilers then: none is left behind.
    killSignal: "SIGINT",
  });
  let said = "";
  child.stderr.on("data", (piece: Buffer) => (said = (said + piece.toString()).slice(-2000)));
  let broken: Error | undefined;
  child.once("error", (error) => (broken = error));
  const code = await new Promise((end) => child.once("close", end));
  if (broken) throw broken;
  if (code !== 0)
    throw new Error(
      `Building the Pulumi CLI from its Go modules failed:\n${said.trim()}\n` +
        `Mend that, or install the Pulumi CLI ${pulumiVersion} or newer from Pulumi's site, and type the same command again.`,
    );
}

async function tellElapsed(
  began: number,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const seconds = Math.round((Date.now() - began) / 1000);
    say(
      `Pulumi CLI ${pulumiVersion}: building it from its Go modules, once, about 5 minutes (${String(seconds)} s so far)`,
    );
    await sleep(15_000, undefined, { signal }).catch(() => undefined);
  }
}

/** Copies beside its place and renames: a killed run leaves no half program. */
function place(from: string, to: string): void {
  const aside = `${to}.${String(process.pid)}`;
  cpSync(from, aside);
  renameSync(aside, to);
}
