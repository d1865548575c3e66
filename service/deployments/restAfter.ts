import { randomUUID } from "node:crypto";
import type { Colour } from "../../infra/release.ts";
import type { NewRun } from "../ports/runs.ts";
import type { Deployment } from "./deployment.ts";
import type { RestOrder } from "./order.ts";

/** The run that puts a colour to rest after another run; its id comes from that run's, so it starts once. */
export function restAfter(
  run: Deployment,
  what: { readonly colour: Colour; readonly dueAt: string; readonly createdAt: string },
): NewRun {
  return restRun({ ...what, stack: run.stack, engine: run.engine, id: `${run.id}-rest`, follows: run.id });
}

/** The same rest once more, behind those that came meanwhile. */
export function restAgain(order: RestOrder, before: Deployment, createdAt: string): NewRun {
  return restRun({ ...order, engine: before.engine, id: `${before.id}-again`, createdAt });
}

/** The run that puts a colour to rest now, because somebody asked for it. */
export function restNow(what: {
  readonly stack: string;
  readonly colour: Colour;
  readonly createdAt: string;
  readonly engine: string;
}): NewRun {
  return restRun({ ...what, id: randomUUID(), follows: null });
}

function restRun(what: {
  readonly id: string;
  readonly stack: string;
  readonly colour: Colour;
  readonly follows: string | null;
  readonly createdAt: string;
  readonly dueAt?: string;
  readonly engine: string;
}): NewRun {
  const { id, stack, colour, follows, createdAt, dueAt, engine } = what;
  return {
    order: { kind: "rest", stack, colour, follows },
    view: {
      id,
      kind: "rest",
      stack,
      status: "queued",
      revision: 1,
      engine,
      colour,
      ...(follows === null ? {} : { follows }),
      createdAt,
      ...(dueAt === undefined ? {} : { dueAt }),
      steps: [],
      notes: [],
    },
  };
}
