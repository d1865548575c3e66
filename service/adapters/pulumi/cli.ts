import { spawn } from "node:child_process";
import { hostname, userInfo } from "node:os";
import type { UpdateProcess } from "../../ports/updates.ts";

/** How the Pulumi CLI is called. */
export interface Cli {
  /** The binary, or its name on PATH. */
  readonly command: string;
  /** Everything the CLI needs: backend, passphrase, provider and AWS settings. Nothing is inherited. */
  readonly environment: NodeJS.ProcessEnv;
  /** The folder with Pulumi.yaml; never the checkout. */
  readonly folder: string;
}

/** The CLI ended with something else than 0. */
export class CliFailed extends Error {
  readonly exitCode: number | null;
  readonly output: string;

  constructor(args: readonly string[], exitCode: number | null, output: string) {
    super(`pulumi ${args[0] ?? ""} ended with ${exitCode ?? "a signal"}: ${output.trim()}`);
    this.name = "CliFailed";
    this.exitCode = exitCode;
    this.output = output;
  }
}

/** Settings that make one run of the CLI cheap: it lives for a second, so it need not collect garbage. */
export const quick = {
  GOGC: "off",
  GOMEMLIMIT: "1GiB",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  // The backend keeps each update in its history; the second copy costs a write a resource.
  PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
} as const;

/** A process of this machine as the CLI names itself in a lock. */
export function processHere(pid: number): UpdateProcess {
  return { user: userInfo().username, host: hostname(), pid };
}

/**
 * A shell that waits for a line on standard input and then becomes the CLI, under the same process id: the one that a
 * stack's lock names, so that it can be written down before there is a lock. Without the line it ends.
 */
export function heldBack(command: string, args: readonly string[]): readonly [string, readonly string[]] {
  return ["/bin/sh", ["-c", 'read -r go && exec "$@" </dev/null', "sh", command, ...args]];
}

/**
 * Runs the CLI to its end and answers its standard output.
 * @param writeDown told of the CLI's process, which waits until that resolves; only for commands that take a lock
 * @throws CliFailed; the signal's reason, after the CLI has ended on SIGINT; what `writeDown` throws, and it never began.
 */
export async function pulumi(
  cli: Cli,
  args: readonly string[],
  signal: AbortSignal,
  writeDown?: (process: UpdateProcess) => Promise<void>,
): Promise<string> {
  signal.throwIfAborted();
  const words = [...args, "--non-interactive", "--color", "never"];
  const child = spawn(...(writeDown ? heldBack(cli.command, words) : ([cli.command, words] as const)), {
    cwd: cli.folder,
    env: { ...cli.environment, ...quick },
    stdio: ["pipe", "pipe", "pipe"],
    // Else a Ctrl-C at the terminal would reach it beside ours, and the second SIGINT makes it drop what it does.
    detached: true,
  });
  // It may have ended before it was written down.
  child.stdin.on("error", () => {});
  const stop = () => child.kill("SIGINT");
  signal.addEventListener("abort", stop, { once: true });
  const out: Buffer[] = [];
  const all: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => all.push(bytes) && out.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => all.push(bytes));
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
      if (!writeDown) return void child.stdin.end();
      child.once("spawn", () => {
        writeDown(processHere(child.pid ?? 0)).then(
          () => child.stdin.end("go\n"),
          (error: Error) => {
            child.stdin.end();
            reject(error);
          },
        );
      });
    });
    if (exitCode === 0) return Buffer.concat(out).toString();
    signal.throwIfAborted();
    throw new CliFailed(args, exitCode, Buffer.concat(all).toString());
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
