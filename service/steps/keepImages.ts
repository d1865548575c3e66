import type { Revision, StackRecord } from "../../infra/release.ts";
import type { At } from "../deployments/step.ts";

/** The images that a colour runs, or that an undo would bring back. */
export function recordedImages({ blue, green, recent }: StackRecord): readonly string[] {
  return revisionsIn({ blue, green, recent }).map(({ release }) => release.image);
}

/** Marks those that are not marked yet. One that is gone already can't be kept, and is no reason to stop. */
export async function keepAll({ cloud, signal }: At, images: readonly string[]): Promise<void> {
  const [staged, ...others] = images;
  const kept = await cloud.images.kept(signal);
  const missing = (image: string) => !kept.includes(image);
  if (staged && missing(staged)) await cloud.images.keep(staged, signal);
  for (const image of new Set(others.filter(missing))) {
    if (image !== staged) await cloud.images.keep(image, signal).catch(() => signal.throwIfAborted());
  }
}

/** Takes the mark off all others; answers how many. */
export async function keepOnly({ cloud, signal }: At, images: readonly string[]): Promise<number> {
  const unneeded = (await cloud.images.kept(signal)).filter((image) => !images.includes(image));
  for (const image of unneeded) await cloud.images.forget(image, signal);
  return unneeded.length;
}

/** All that a colour runs or may go back to. */
export function revisionsIn({ blue, green, recent }: StackRecord): readonly Revision[] {
  const replaced = [blue?.replaced, green?.replaced].filter((one) => one !== undefined);
  return [...[blue, green].filter((spec) => spec !== null), ...replaced, ...recent];
}
