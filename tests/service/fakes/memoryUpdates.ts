import type { UpdateProcess, Updates } from "../../../service/ports/updates.ts";

/** Updates written down in this process's memory. Who made them is alive until a test says otherwise. */
export interface MemoryUpdates extends Updates {
  readonly noted: UpdateProcess[];
  /** The instance that made all of these is dead. */
  dead: boolean;
}

export function memoryUpdates(): MemoryUpdates {
  const updates: MemoryUpdates = {
    noted: [],
    dead: false,
    note: (_stack, process) => {
      updates.noted.push(process);
      return Promise.resolve();
    },
    owner: ({ user, host, pid }) => {
      const ours = updates.noted.some((one) => one.user === user && one.host === host && one.pid === pid);
      if (!ours) return Promise.resolve("stranger");
      return Promise.resolve(updates.dead ? "dead" : "alive");
    },
  };
  return updates;
}
