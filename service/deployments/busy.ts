import type { Runs } from "../ports/runs.ts";
import type { Deployment, Kind } from "./deployment.ts";
import type { Status } from "./status.ts";

/** The run that is at work on the stack, if there is one. A rest does not count: it is short, and whoever comes waits for it. */
export async function atWork(
  runs: Pick<Runs, "list">,
  stack: string,
  kind: readonly Kind[] = moving,
): Promise<Deployment | undefined> {
  return first(runs, { stack, kind, statuses: ["running", "rolling-back", "queued"] });
}

/** The run that has begun on the stack and not ended. */
export async function underWay(runs: Pick<Runs, "list">, stack: string): Promise<Deployment | undefined> {
  return first(runs, { stack, kind: moving, statuses: ["running", "rolling-back"] });
}

const moving: readonly Kind[] = ["deployment", "undo", "warm"];

async function first(
  runs: Pick<Runs, "list">,
  of: { readonly stack: string; readonly kind: readonly Kind[]; readonly statuses: readonly Status[] },
): Promise<Deployment | undefined> {
  const { stack, kind, statuses } = of;
  const found = await Promise.all(statuses.map((status) => runs.list({ stack, kind, status, limit: 1 })));
  return found.flat()[0];
}

/**
 * The run whose weights should be on the production rule: the last one that moved traffic. Undefined where none did, and
 * where one ended as stuck since then: a person was called, and what that person did is right.
 * @param last The last run that moved traffic for good.
 */
export async function mover(
  runs: Pick<Runs, "list">,
  stack: string,
  last: Deployment | undefined,
): Promise<Deployment | undefined> {
  const [stuck] = await runs.list({ stack, kind: ["deployment", "undo"], status: "stuck", limit: 1 });
  return stuck && last && stuck.createdAt >= last.createdAt ? undefined : last;
}

/** The last run that moved traffic for good. */
export async function lastMove(runs: Pick<Runs, "list">, stack: string): Promise<Deployment | undefined> {
  const [last] = await runs.list({ stack, kind: ["deployment", "undo"], status: "succeeded", limit: 1 });
  return last;
}
