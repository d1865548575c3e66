import { detailsOf } from "../errors/details.ts";
import type { ProblemDetails } from "../errors/problem.ts";
import type { Ground } from "../ports/ground.ts";
import type { Journal } from "../ports/runs.ts";
import { never } from "./never.ts";
import type { Order, RestOrder } from "./order.ts";
import { look, type Snapshot } from "./snapshot.ts";

export type Prepared =
  | { readonly kind: "ready"; readonly snapshot: Snapshot }
  | { readonly kind: "superseded"; readonly why: string }
  | { readonly kind: "failed"; readonly problem: ProblemDetails };

/** What a run starts from: what was seen when it was asked for, or, where it was due later, what is there now. */
export async function prepare(order: Order, journal: Journal, ground: Ground): Promise<Prepared> {
  if (order.kind !== "rest") return { kind: "ready", snapshot: order.snapshot };
  return journal.once("look", async () => {
    try {
      return await stillWanted(order, journal, ground);
    } catch (error) {
      return { kind: "failed" as const, problem: detailsOf(error) };
    }
  });
}

/** The first question of a run that waited: am I still wanted? */
async function stillWanted(order: RestOrder, journal: Journal, ground: Ground): Promise<Prepared> {
  const { stack, colour, follows } = order;
  const [last] = await journal.list({ stack, kind: ["deployment", "undo"], status: "succeeded", limit: 1 });
  if (follows !== null && last?.id !== follows) {
    return { kind: "superseded", why: `${last?.kind ?? "run"} ${last?.id ?? ""} came after ${follows}.` };
  }
  const signal = never();
  const snapshot = await look(ground, { stack, outputs: await ground.stacks.outputs(stack, signal) }, signal);
  if (snapshot.live === colour || snapshot.rules.production[colour] > 0) {
    return { kind: "superseded", why: `${colour} has traffic again.` };
  }
  return { kind: "ready", snapshot };
}
