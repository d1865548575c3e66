import type { Deployment } from "../../service/deployments/deployment.ts";
import { Problem } from "../../service/errors/problem.ts";
import type { Message } from "../../service/ports/runs.ts";
import { endState } from "./endState.ts";
import { holdAt } from "./holdAt.ts";
import type { Lane } from "./lane.ts";
import { sayPoint, type Point } from "./moments.ts";
import type { Scenario } from "./scenarios.ts";
import type { DurableStack } from "./stacks.ts";

/** A run that is to be cut off at one point. */
export interface Cut {
  readonly stack: string;
  readonly scenario: Scenario;
  readonly point?: Point;
  /** Said to the run at its point, before the kill, by way of another instance. */
  readonly told?: Message;
}

/** What became of it. */
export interface Outcome {
  readonly cut: Cut;
  readonly state: Awaited<ReturnType<typeof endState>>;
  readonly stack: DurableStack;
  readonly run: string;
  readonly view: Deployment;
  /** The run took what it was told. */
  readonly heard: boolean;
  /** Milliseconds from the kill to the first sign of the run in another instance. */
  readonly adoptedAfter: number;
  /** The instances that had the run, in order, each as often as it changed. */
  readonly hands: readonly string[];
}

interface Underway {
  readonly cut: Cut;
  readonly stack: DurableStack;
  readonly since: number;
  readonly view: Deployment;
  /** Resolves to the instance in which the run stands at its point. */
  readonly held: Promise<string>;
  readonly hands: string[];
  adoptedAt?: number;
  heard?: boolean;
}

/**
 * Brings all the runs to their points at once, kills the instances that have them, one after the other, and answers
 * how they ended.
 */
export async function cutOff(
  lane: Lane,
  cuts: readonly Cut[],
): Promise<{ outcomes: readonly Outcome[]; kills: number }> {
  const runs = await Promise.all(cuts.map((cut) => begin(lane, cut)));
  const outcomes: Outcome[] = [];
  const groups = new Map<string, Underway[]>();
  for (const run of runs) {
    const where = run.cut.point ? await comesTo(lane, run) : "";
    if (run.cut.told) run.heard = await tell(lane, run, { message: run.cut.told, not: where });
    groups.set(where, [...(groups.get(where) ?? []), run]);
  }
  for (const [worker, group] of groups) {
    const killedAt = worker === "" ? 0 : await lane.kill(worker);
    outcomes.push(...(await Promise.all(group.map((run) => end(lane, run, killedAt)))));
  }
  return { outcomes, kills: [...groups.keys()].filter((worker) => worker !== "").length };
}

async function begin(lane: Lane, cut: Cut): Promise<Underway> {
  const { scenario, point } = cut;
  const stack = lane.stack(cut.stack);
  await scenario.prepare(lane, stack);
  const since = stack.world.writes.length;
  stack.trace.length = 0;
  const hands: string[] = [];
  const underway: Pick<Underway, "adoptedAt"> = {};
  stack.seen = (_run, worker) => {
    if (hands.at(-1) === worker) return;
    if (hands.length > 0) underway.adoptedAt ??= performance.now();
    hands.push(worker);
  };
  // It stands there until its instance is killed.
  const held = point ? holdAt(stack, point).there : new Promise<string>(() => {});
  const view = await scenario.begin(lane, stack);
  return Object.assign(underway, { cut, stack, since, view, held, hands });
}

/** A run that ends without having come to its point would be a test of nothing. */
async function comesTo(lane: Lane, run: Underway): Promise<string> {
  const over = new AbortController();
  const missed = lane.ended(run.view.id, over.signal).then((view) => {
    const { stack, point } = run.cut;
    throw new Error(`${stack} ended as ${view.status} and never came to ${point ? sayPoint(point) : ""}`);
  });
  try {
    return await Promise.race([run.held, missed]);
  } finally {
    missed.catch(() => {});
    over.abort();
  }
}

/** False where the run took no message any more. An undo is answered only when a write under way has ended: never, here. */
async function tell(
  lane: Lane,
  run: Underway,
  { message, not }: { readonly message: Message; readonly not: string },
): Promise<boolean> {
  const { id, stack } = run.view;
  let refused: Error | undefined;
  lane.send(stack, id, message, not).catch((error: Error) => (refused = error));
  const heard =
    "select 1 from turnout.messages where run = $1 union all select 1 from turnout.runs where id = $1 and status in ('cancelled', 'superseded')";
  for (;;) {
    if (refused instanceof Problem && refused.code === "already-ended") return false;
    if (refused) throw refused;
    if ((await lane.pool.query(heard, [id])).rowCount) return true;
  }
}

async function end(lane: Lane, run: Underway, killedAt: number): Promise<Outcome> {
  const { cut, stack, since, hands } = run;
  const view = await lane.ended(run.view.id);
  const state = await endState(lane, stack, { view, since });
  const { heard = false } = run;
  return {
    cut,
    stack,
    state,
    run: view.id,
    view,
    heard,
    hands,
    adoptedAfter: (run.adoptedAt ?? killedAt) - killedAt,
  };
}
