import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";

/** Path of a program on PATH, or undefined. */
export function find(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Whether processes can be held to one core each: what is measured on the first, what measures on the second. */
export const pins = find("taskset") !== undefined && availableParallelism() > 1;

export type Core = 0 | 1;

/** Starts a program on one core, where `taskset` is there. Its stdin is a pipe that closes with this process. */
export function startPinned(core: Core, command: readonly string[]): ChildProcess {
  const [program = "", ...rest] = pins ? ["taskset", "-c", String(core), ...command] : command;
  return spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
}

/** Runs a program on one core to its end; returns what it printed. Throws on another exit code than 0. */
export async function runPinned(core: Core, command: readonly string[]): Promise<string> {
  const child = startPinned(core, command);
  let printed = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${printed}`);
  return printed;
}

/** The first line that a process prints. Throws where it ends without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let printed = "";
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk);
    if (printed.includes("\n")) return printed.slice(0, printed.indexOf("\n"));
  }
  throw new Error(`${child.spawnargs.join(" ")} ended before it was ready`);
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.stdin?.end();
  child.kill("SIGTERM");
  await closed;
}
