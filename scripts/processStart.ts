import { existsSync, readFileSync } from "node:fs";
import { isAlive } from "../service/adapters/processes.ts";

/**
 * When a process started, as this system says it: with its id, that tells it from a later one with the same id.
 * "unknown" where there is no /proc. Undefined when it does not run, also while it has ended and its parent did not
 * look yet.
 */
export function startOf(pid: number): string | undefined {
  if (!existsSync("/proc/self/stat")) return isAlive(pid) ? "unknown" : undefined;
  try {
    // The name in parentheses may hold spaces and parentheses. Field 3 is the state, field 22 the start (man 5 proc_pid_stat).
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return /^[ZX]/.test(fields[0] ?? "") ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
