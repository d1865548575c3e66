import type { Runs } from "../ports/runs.ts";
import type { Deployment, Kind } from "./deployment.ts";

/** The run that is at work on the stack, if there is one. A rest does not count: it is short, and whoever comes waits for it. */
export async function atWork(
  runs: Pick<Runs, "list">,
  stack: string,
  kind: readonly Kind[] = ["deployment", "undo", "warm"],
): Promise<Deployment | undefined> {
  const found = await Promise.all(
    (["running", "rolling-back", "queued"] as const).map((status) =>
      runs.list({ stack, kind, status, limit: 1 }),
    ),
  );
  return found.flat()[0];
}

/** The last run that moved traffic for good. */
export async function lastMove(runs: Pick<Runs, "list">, stack: string): Promise<Deployment | undefined> {
  const [last] = await runs.list({ stack, kind: ["deployment", "undo"], status: "succeeded", limit: 1 });
  return last;
}
