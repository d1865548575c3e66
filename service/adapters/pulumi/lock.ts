import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Updates } from "../../ports/updates.ts";
import { type Cli, pulumi } from "./cli.ts";
import { StackLocked, type LockHolder } from "./errors.ts";

/** Milliseconds between two looks at a lock. */
const pause = 250;
/** Milliseconds that a process of a dead instance has to end by itself, where it can't be seen from here. */
const endsWithin = 10_000;
/** Milliseconds after which a lock that does not go away is reported. */
const patience = 120_000;

/**
 * Sees to it that a stack's lock does not outlive its holder: the file backend's locks have no expiry, so a killed
 * instance would lock its stack for good. Only a lock whose process this service wrote down as its own is waited for,
 * and broken when both that process and the instance that started it are gone. Anybody else's stays.
 *
 * @returns true where an update may be tried again
 */
export function createLockBreaker(cli: Cli, updates: Updates) {
  return async (
    stack: string,
    seen: { readonly error: unknown; readonly since: number; readonly signal: AbortSignal },
  ): Promise<boolean> => {
    const { error, since, signal } = seen;
    if (!(error instanceof StackLocked) || !error.holder) return false;
    const waited = Date.now() - since;
    if (waited > patience) return false;
    const owner = await updates.owner(error.holder, error.holder.since);
    if (owner === "stranger") return false;
    if (owner === "dead" && isGone(error.holder, waited)) {
      await pulumi(cli, ["cancel", "--yes", "--stack", stack], signal);
    } else {
      await sleep(pause, undefined, { signal });
    }
    return true;
  };
}

/** The CLI outlives the instance that started it by the step in hand: until then the lock is rightly held. */
function isGone({ host, pid }: LockHolder, waited: number): boolean {
  return host === hostname() ? !isAlive(pid) : waited > endsWithin;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
