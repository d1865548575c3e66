import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The first line that the local AWS prints. */
export interface LocalAws {
  readonly awsEndpoint: string;
  readonly providers: { readonly aws: number; readonly awsx: number };
  close(): Promise<void>;
}

const main = fileURLToPath(new URL("../../rehearsal/main.ts", import.meta.url));

/** Starts AWS on this machine as a child process with its state in `folder`, which it wipes. */
export async function startLocalAws(folder: string): Promise<LocalAws> {
  // AWS's own delays are divided; what a user configures is not.
  const child = spawn(process.execPath, [main, "--folder", folder, "--speed", "20"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const line = await firstLine(child);
  const { awsEndpoint, providers } = JSON.parse(line) as LocalAws;
  return {
    awsEndpoint,
    providers,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("The local AWS has no output.");
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    lines.once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`The local AWS ended with ${code ?? "a signal"} at its start.`)),
    );
  });
}
