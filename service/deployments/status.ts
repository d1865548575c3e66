/** Where a run can go from where it is; a status with nowhere to go is an end. */
export const next = {
  queued: ["running", "superseded", "cancelled"],
  running: ["succeeded", "rolling-back", "superseded", "stuck"],
  "rolling-back": ["rolled-back", "cancelled", "stuck"],
  succeeded: [],
  "rolled-back": [],
  /** An undo itself failed: a person is called. */
  stuck: [],
  /** A newer run made it pointless. */
  superseded: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type Status = keyof typeof next;

export const statuses = Object.keys(next) as readonly Status[];

export function ended(status: Status): boolean {
  return next[status].length === 0;
}

/** The status after `from`, if the table allows it; anything else is a bug. */
export function advance(from: Status, to: Status): Status {
  if (from === to || (next[from] as readonly Status[]).includes(to)) return to;
  throw new Error(`a run can't go from ${from} to ${to}`);
}
