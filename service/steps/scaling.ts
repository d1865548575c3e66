import type { Colour } from "../../infra/release.ts";
import type { At } from "../deployments/step.ts";
import type { Suspended } from "../ports/tasks.ts";

/** Nothing lifts a colour that rests: not load, not a schedule. */
export const atRest: Suspended = { in: true, out: true, scheduled: true };
/** While an undo is possible no colour shrinks, and either may grow. */
export const onGuard: Suspended = { in: true, out: false, scheduled: false };
/** Autoscaling does as its policies say. */
export const free: Suspended = { in: false, out: false, scheduled: false };

/** Writes the flags only where they differ. */
export async function suspend(at: At, colour: Colour, flags: Suspended): Promise<void> {
  const { suspended } = await at.cloud.tasks.service(colour, at.signal);
  if (suspended.in === flags.in && suspended.out === flags.out && suspended.scheduled === flags.scheduled)
    return;
  await at.cloud.tasks.suspend(colour, flags, at.signal);
}
