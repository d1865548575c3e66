import { readdirSync, readFileSync } from "node:fs";

/** One process, told from a later one with the same id by its start. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly start: string;
  readonly state: string;
}

/**
 * Everything that a process started, and what that started: seen while it ran, since a process whose parent is gone
 * can't be led back to it. What started in between two looks is found by its environment, which holds `mark`.
 */
export class Descendants {
  readonly #root: number;
  readonly #mark: string;
  readonly #seen = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(root: number, mark: string) {
    this.#root = root;
    this.#mark = mark;
    this.#timer = setInterval(() => this.#look(), 50);
  }

  get count(): number {
    this.#look();
    return this.#seen.size;
  }

  /** Command lines of those that still run. */
  alive(): readonly string[] {
    const now = processes();
    const left = now.filter(
      (process) => this.#seen.has(keyOf(process)) || environmentOf(process.pid).includes(this.#mark),
    );
    return left.map(({ pid }) => `${pid} ${read(pid, "cmdline").replaceAll("\0", " ").trim()}`);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = processes();
    const known = new Set([this.#root]);
    for (const process of now) if (this.#seen.has(keyOf(process))) known.add(process.pid);
    // A child may stand before its parent in the list.
    for (let grew = true; grew;) {
      grew = false;
      for (const process of now) {
        if (known.has(process.pid) && process.pid !== this.#root) this.#seen.set(keyOf(process), process.pid);
        if (known.has(process.pid) || !known.has(process.parent)) continue;
        known.add(process.pid);
        this.#seen.set(keyOf(process), process.pid);
        grew = true;
      }
    }
  }
}

/** Undefined where the process, or the one that started it, is gone. */
export function parentOf(pid: number): number | undefined {
  const parent = processes().find((process) => process.pid === pid)?.parent;
  return parent === undefined || parent <= 1 ? undefined : parent;
}

/** All that run; one that has ended and waits for its parent does not. */
function processes(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      // The name in parentheses may hold spaces and parentheses.
      const fields = read(Number(name), "stat").split(") ").at(-1)?.split(" ") ?? [];
      const [state = "", parent = ""] = fields;
      return fields.length > 20 && !/[ZX]/.test(state)
        ? [{ pid: Number(name), parent: Number(parent), start: fields[19] ?? "", state }]
        : [];
    });
}

function keyOf({ pid, start }: Process): string {
  return `${pid}/${start}`;
}

function environmentOf(pid: number): string {
  return read(pid, "environ");
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
