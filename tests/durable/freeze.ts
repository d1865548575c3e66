import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { holdAt } from "./holdAt.ts";
import { startDatabases, type Databases } from "./databases.ts";
import { openLane, type Lane } from "./lane.ts";
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

/** The suite's hooks: each test has a lane and a database of its own, and may lose an instance. */
export function laneOfEachTest(name: string, opened: (lane: Lane) => void): void {
  let databases: Databases;
  let lane: Lane;
  let made = 0;

  before(async () => {
    databases = await startDatabases();
  });
  beforeEach(async () => {
    made += 1;
    const own = `${name}${made}`;
    lane = await openLane({ name: own, url: await databases.make(own), expectLosses: true });
    opened(lane);
  });
  afterEach(() => lane.close());
  after(() => databases.stop());
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
