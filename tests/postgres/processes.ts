import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the data of a home lies: beside it, or where its sign says. */
export function dataOf(home: string): string {
  const sign = join(home, "data-is-at");
  return join(existsSync(sign) ? readFileSync(sign, "utf8") : home, "data");
}

/** Processes with this home's data on their command line, the half-made data of an initdb included. */
export function workersOn(home: string): readonly number[] {
  const data = dataOf(home);
  return processes().filter((pid) => words(pid).some((word) => word === data || word.startsWith(`${data}.`)));
}

/** Its program's name and arguments, or nothing when there is no such process; also of one that was not waited for. */
export function words(pid: number): readonly string[] {
  return of(pid, "cmdline")
    .split("\0")
    .filter((word) => word !== "");
}

export function isAlive(pid: number): boolean {
  return words(pid).length > 0;
}

export function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(of(pid, "status"))?.[1]);
}

export function childrenOf(pid: number): readonly number[] {
  return processes().filter((child) => parentOf(child) === pid);
}

export function userOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(of(pid, "status"))?.[1]);
}

/** SIGKILL, also to one that has just ended. */
export function kill(pid: number): void {
  // 0 and less name whole process groups, ours first.
  if (!(pid > 0)) throw new Error(`not a process id: ${pid}`);
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Kills all that would end this server. */
export function orphan(server: number, keeper = 0): void {
  // 0 names our own group.
  if (!(keeper > 0)) throw new Error("the keeper has no process id");
  // It would see its shell's end and close the pipe, which ends the server.
  process.kill(keeper, "SIGSTOP");
  const shell = parentOf(server);
  const shells = [shell, ...childrenOf(shell).filter((pid) => pid !== server)];
  for (const pid of shells) {
    if (words(pid)[0] !== "/bin/sh") throw new Error(`${pid} is no shell of ours: ${words(pid).join(" ")}`);
    kill(pid);
  }
  kill(keeper);
}

/** Waits until `condition` holds; it is asked every 10 ms for 20 s. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not come to this within 20 s: ${what}`);
    await sleep(10);
  }
}

function processes(): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0);
}

function of(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
