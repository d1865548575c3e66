import type { Colour, Revision, Spec, StackRecord } from "./release.ts";

/** Revisions that the record keeps, so that an undo by more than one release finds its settings. */
export const kept = 5;

/**
 * The record after an update.
 * @param previous What the stack recorded before; undefined on its first update.
 * @param answered What the resources of each colour answered; null where no release was ever placed.
 */
export function nextRecord(
  previous: StackRecord | undefined,
  answered: Readonly<Record<Colour, Spec | null>>,
): StackRecord {
  const before = previous?.recent ?? [];
  const known = new Set(before.map((spec) => spec.taskDefinition));
  const placed = [answered.blue, answered.green]
    .filter((spec) => spec !== null)
    .filter(({ taskDefinition }) => !known.has(taskDefinition))
    .map(({ release, taskDefinition }): Revision => ({ release, taskDefinition }));
  return { ...answered, recent: [...placed, ...before].slice(0, kept) };
}
