import { engineOf } from "../engines/engines.ts";
import { detailsOf } from "../errors/details.ts";
import { NothingToUndo } from "../errors/refusals.ts";
import type { ProblemDetails } from "../errors/problem.ts";
import type { Ground } from "../ports/ground.ts";
import type { Journal, NewRun } from "../ports/runs.ts";
import { atWork, lastMove, mover, underWay } from "./busy.ts";
import { never } from "./never.ts";
import type { RestOrder, UndoOrder } from "./order.ts";
import { look, type Snapshot } from "./snapshot.ts";
import { refuseUnsuitable } from "./suitable.ts";

export type Prepared =
  | { readonly kind: "ready"; readonly snapshot: Snapshot }
  | { readonly kind: "superseded"; readonly why: string; readonly again?: true }
  | { readonly kind: "failed"; readonly problem: ProblemDetails };

/** What a run starts from: what was seen when it was asked for, or, where it waited or was due later, what is there now. */
export async function prepare(run: NewRun, journal: Journal, ground: Ground): Promise<Prepared> {
  const { order, waited } = run;
  if (order.kind !== "rest" && !waited) return { kind: "ready", snapshot: order.snapshot };
  return journal.once("look", async () => {
    try {
      if (order.kind === "rest") return await stillIdle(order, journal, ground);
      const snapshot = await lookNow(order.stack, ground);
      if (order.kind === "deployment") {
        const by = await mover(journal, order.stack, await lastMove(journal, order.stack));
        refuseUnsuitable(order, snapshot, by);
      }
      if (order.kind === "undo") refuseMoved(order, snapshot);
      return { kind: "ready" as const, snapshot };
    } catch (error) {
      return { kind: "failed" as const, problem: detailsOf(error) };
    }
  });
}

/** The first question of a rest that was due later: is it still wanted? */
async function stillIdle(order: RestOrder, journal: Journal, ground: Ground): Promise<Prepared> {
  const { stack, colour, follows } = order;
  const last = await lastMove(journal, stack);
  if (follows !== null && last?.id !== follows) {
    return { kind: "superseded", why: `${last?.kind ?? "run"} ${last?.id ?? ""} came after ${follows}.` };
  }
  // Cut off in the middle and about to be taken up: it goes on first, and this comes again behind it.
  const begun = await underWay(journal, stack);
  if (begun) {
    return { kind: "superseded", why: `The ${begun.kind} ${begun.id} is under way.`, again: true };
  }
  // A deployment that waits begins with a colour at rest; whether it comes that far nobody knows.
  const waiting = await atWork(journal, stack, ["undo", "warm"]);
  if (waiting) return { kind: "superseded", why: `The ${waiting.kind} ${waiting.id} needs ${colour}.` };
  const snapshot = await lookNow(stack, ground);
  if (snapshot.live === colour || snapshot.rules.production[colour] > 0) {
    return { kind: "superseded", why: `${colour} has traffic again.` };
  }
  return { kind: "ready", snapshot };
}

/** Another run moved the traffic after the undo was asked for: what it would give back is another release by now. */
function refuseMoved(order: UndoOrder, now: Snapshot): void {
  const { stack, snapshot } = order;
  if (now.live !== snapshot.live)
    throw new NothingToUndo({ stack, why: `the traffic went to ${now.live ?? "neither colour"} meanwhile` });
  const [then, today] = [snapshot, now].map((seen) => engineOf(order).former(seen)?.taskDefinition);
  if (then !== today) throw new NothingToUndo({ stack, why: "another release was placed meanwhile" });
}

async function lookNow(stack: string, ground: Ground): Promise<Snapshot> {
  const signal = never();
  return look(ground, { stack, outputs: await ground.stacks.outputs(stack, signal) }, signal);
}
