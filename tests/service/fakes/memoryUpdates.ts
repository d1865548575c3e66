import type { Owner, UpdateProcess, Updates } from "../../../service/ports/updates.ts";

/** Updates written down in this process's memory. */
export interface MemoryUpdates extends Updates {
  readonly noted: UpdateProcess[];
  /** Whose all of them are; default: this instance's own. */
  whose: Exclude<Owner, "stranger">;
}

export function memoryUpdates(): MemoryUpdates {
  const updates: MemoryUpdates = {
    noted: [],
    whose: "self",
    note: (_stack, process) => {
      updates.noted.push(process);
      return Promise.resolve();
    },
    owner: ({ user, host, pid }) => {
      const ours = updates.noted.some((one) => one.user === user && one.host === host && one.pid === pid);
      return Promise.resolve(ours ? updates.whose : "stranger");
    },
  };
  return updates;
}
