import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a rehearsal says when it is ready. */
export interface Ready {
  readonly awsEndpoint: string;
  readonly providers: { readonly aws: number; readonly awsx: number };
  readonly network: string;
}

export interface RehearsalProcess extends Ready {
  readonly process: ChildProcess;
  /** Everything that it said on its error stream. */
  log(): string;
  /** Ends its standard input, as a parent does that dies; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts rehearsal/main.ts as its own process, in a new folder. */
export async function startRehearsal(speed: number): Promise<RehearsalProcess> {
  const parent = await mkdtemp(join(tmpdir(), "rehearsal-"));
  const main = new URL("../../../rehearsal/main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [main, "--folder", join(parent, "state"), "--speed", String(speed)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const exited = once(child, "exit") as Promise<[number | null]>;
  const line = await Promise.race([
    once(createInterface(child.stdout), "line") as Promise<[string]>,
    exited.then(([code]) => Promise.reject(new Error(`the rehearsal ended with ${code}: ${log}`))),
  ]);
  return {
    ...(JSON.parse(line[0]) as Ready),
    process: child,
    log: () => log,
    async stop() {
      child.stdin.end();
      const [code] = await exited;
      await rm(parent, { recursive: true, force: true });
      return code;
    },
  };
}
