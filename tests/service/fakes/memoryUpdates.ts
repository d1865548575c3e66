import type { UpdateProcess, Updates } from "../../../service/ports/updates.ts";

/** Updates written down in this process's memory. They are this instance's own until a test says otherwise. */
export interface MemoryUpdates extends Updates {
  readonly noted: UpdateProcess[];
  /** They are those of another instance, which is dead. */
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
      return Promise.resolve(updates.dead ? "dead" : "self");
    },
  };
  return updates;
}
