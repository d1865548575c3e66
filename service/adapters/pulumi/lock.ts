import { hostname, userInfo } from "node:os";
import { type Cli, pulumi } from "./cli.ts";
import { StackLocked } from "./errors.ts";

/**
 * Takes away a lock whose holder died on this machine: the file backend's locks have no expiry, so a killed service would
 * lock its stack for good. A lock of another machine or of a living process stays.
 * @returns true where a lock was taken away.
 */
export async function releaseDeadLock(
  cli: Cli,
  stack: string,
  { error, signal }: { readonly error: unknown; readonly signal: AbortSignal },
): Promise<boolean> {
  if (!(error instanceof StackLocked) || !error.holder) return false;
  const { host, user, pid } = error.holder;
  if (host !== hostname() || user !== userInfo().username || isAlive(pid)) return false;
  await pulumi(cli, ["cancel", "--yes", "--stack", stack], signal);
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
