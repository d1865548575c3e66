import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { holdAt } from "./holdAt.ts";
import type { Lane } from "./lane.ts";
import type { Point } from "./moments.ts";
import type { DurableStack } from "./stacks.ts";

/** A run whose instance stands still at a point, with SIGSTOP. */
export interface Frozen {
  readonly id: string;
  /** Name of the instance among the lane's workers, and in the database. */
  readonly worker: string;
  readonly executor: string;
  /** When it was stopped, in `performance.now()`. */
  readonly at: number;
  /** Lets it go on, and resolves when it has ended: its run is another one's by then. */
  readonly wake: () => Promise<void>;
}

export async function freezeAt(
  lane: Lane,
  at: { readonly stack: DurableStack; readonly point: Point },
  begin: () => Promise<Deployment>,
): Promise<Frozen> {
  const { there, release } = holdAt(at.stack, at.point);
  const { id } = await begin();
  const worker = await there;
  const frozen = lane.workers.find(({ name }) => name === worker);
  if (!frozen) throw new Error(`${worker} is gone`);
  process.kill(frozen.pid, "SIGSTOP");
  const stoppedAt = performance.now();
  const { rows } = await lane.pool.query<{ executor: string }>(
    "select executor_id as executor from dbos.workflow_status where workflow_uuid = $1",
    [id],
  );
  return {
    ...{ id, worker, executor: rows[0]?.executor ?? "", at: stoppedAt },
    wake: async () => {
      // The answer that it waited for comes first, and then whatever else it has missed.
      release();
      await sleep(50);
      process.kill(frozen.pid, "SIGCONT");
      await frozen.exited;
    },
  };
}
