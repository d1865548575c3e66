import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Owner, UpdateProcess, Updates } from "../../ports/updates.ts";
import { isAlive } from "../processes.ts";
import { type Cli, CliFailed, pulumi } from "./cli.ts";
import { StackLocked, type LockHolder } from "./errors.ts";
import type { Job, Result } from "./job.ts";

/** Milliseconds between two looks at a lock. */
const pause = 250;
/** Milliseconds that a process of a dead instance has to end by itself, where it can't be seen from here… */
const endsWithin = 10_000;
/** …and where one with its id is seen here, which may be another one by now. */
const idUsedAgain = 60_000;
/** Milliseconds after which a lock that does not go away is reported. */
const patience = 120_000;
/** Updates that may be killed, one after the other, before it is reported. */
const deaths = 10;

/** Whether an update that failed may be tried again. One for each update. */
export type Recovery = (failed: {
  readonly result: Extract<Result, { kind: "failed" }>;
  readonly error: unknown;
}) => Promise<boolean>;

interface CleanUp {
  readonly configFile: string;
  readonly signal: AbortSignal;
  /** Told of a process of the CLI before it takes the stack's lock. */
  readonly writeDown: (process: UpdateProcess) => Promise<void>;
}

/**
 * What a killed update leaves must not keep its stack from the next one: the file backend's locks have no expiry, and
 * what was being created stays in the state as pending. Only a lock whose process this service wrote down as its own is
 * waited for, and broken when that process is gone; anybody else's stays.
 */
export function createRecovery(cli: Cli, updates: Updates) {
  return (job: Pick<Job, "stack" | "targets">, at: CleanUp): Recovery => {
    const { signal } = at;
    const since = Date.now();
    let killed = 0;
    /** The lock whose process was gone at the last look. */
    let orphan = "";
    return async ({ result, error }) => {
      if (result.exitCode === null) return (killed += 1) <= deaths;
      if (!(error instanceof StackLocked) || !error.holder) return false;
      const waited = Date.now() - since;
      if (waited > patience) return false;
      const owner = await updates.owner(error.holder, error.holder.since);
      if (owner === "stranger") return false;
      const seen = isGone(error.holder, { owner, waited }) ? JSON.stringify(error.holder) : "";
      // One that ended in order took its lock along, just after it was seen: only what is still there was left behind.
      if (seen !== "" && seen === orphan) await cleanUp(cli, job, at);
      else await sleep(pause, undefined, { signal });
      orphan = seen;
      return true;
    };
  };
}

/**
 * The CLI outlives the instance that started it by the step in hand: until then the lock is rightly held. The process of
 * an instance that lives may be in another container that bears the same name: not to be seen from here is not to be gone.
 */
function isGone(
  { host, pid }: LockHolder,
  { owner, waited }: { readonly owner: Exclude<Owner, "stranger">; readonly waited: number },
): boolean {
  if (owner === "alive") return false;
  if (owner === "self") return !isAlive(pid);
  if (host !== hostname()) return waited > endsWithin;
  return !isAlive(pid) || waited > idUsedAgain;
}

/** Whether what was pending came to be is found out by the next update; a task definition that did is unused, and tidied away. */
async function cleanUp(
  cli: Cli,
  { stack, targets }: Pick<Job, "stack" | "targets">,
  at: CleanUp,
): Promise<void> {
  const { configFile, signal, writeDown } = at;
  await pulumi(cli, ["cancel", "--yes", "--stack", stack], signal);
  const refresh = ["refresh", "--yes", "--skip-preview", "--run-program=false", "--clear-pending-creates"];
  const only = targets.flatMap((urn) => ["--target", urn]);
  const all = [...refresh, "--stack", stack, "--config-file", configFile, ...only];
  // It takes the lock, too, and may be killed.
  await pulumi(cli, all, signal, writeDown).catch((error: unknown) => {
    // Whatever keeps it from its work keeps the next update, too, and is explained there.
    if (!(error instanceof CliFailed)) throw error;
  });
}
