import { readdirSync, readFileSync } from "node:fs";

/** Resident memory of a process now, MiB. Undefined where there is no /proc. */
export function residentMiB(pid: number): number | undefined {
  const text = read(`/proc/${pid}/status`);
  const kib = /VmRSS:\s+(\d+) kB/.exec(text)?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** Resident memory of a process and of all that it started, MiB. What they share counts for each. */
export function residentWithChildrenMiB(pid: number): number | undefined {
  const own = residentMiB(pid);
  if (own === undefined) return undefined;
  const children = readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(" "))
    .filter((child) => child !== "")
    .map(Number);
  return children.reduce((sum, child) => sum + (residentWithChildrenMiB(child) ?? 0), own);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
