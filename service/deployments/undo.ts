import { randomUUID } from "node:crypto";
import type { Outputs } from "../../infra/outputs.ts";
import { engineOf, engines, type EngineName, isEngine, plan } from "../engines/engines.ts";
import { AlreadyEnded, Busy, Drift, Migrated, NothingToUndo } from "../errors/refusals.ts";
import type { IdempotencyKey } from "../ports/runs.ts";
import { atWork, lastMove } from "./busy.ts";
import type { Deployment } from "./deployment.ts";
import { movedBackByHand, notRecorded, sayWeights } from "./drift.ts";
import type { House } from "./house.ts";
import type { UndoOrder } from "./order.ts";
import { look, specOn, type Snapshot } from "./snapshot.ts";
import { toCome } from "./story.ts";

export interface UndoRequest {
  readonly stack: string;
  /** The caller knows that the migration stays, and that the former release runs on it. */
  readonly acceptMigrated?: boolean;
  /** Move the weights before the former colour has as many tasks as the load needs. */
  readonly now?: boolean;
}

/**
 * Gives traffic back to the former release. A deployment at work is told to take itself back, and is the answer;
 * after its end an undo is a run of its own.
 */
export async function undo(
  house: House,
  request: UndoRequest,
  { signal, key }: { readonly signal: AbortSignal; readonly key?: IdempotencyKey },
): Promise<Deployment> {
  const { runs, ground } = house;
  const running = await atWork(runs, request.stack);
  if (running) {
    const told = await tell(house, { request, running, ...(key ? { key } : {}) });
    if (told) return told;
  }
  const seenAt = await runs.epoch(request.stack);
  const { order, undone } = await orderNow(house, request, signal);
  const createdAt = ground.clock.now().toISOString();
  const view = firstView(order, { undone, createdAt });
  return runs.start({ order, view, seenAt, ...(key ? { key } : {}) });
}

/**
 * Reading Pulumi's state takes longer than all the rest of an undo. What was read last will do, unless it leads nowhere:
 * which colour is live, the tasks and the last run are looked up now in any case.
 */
async function orderNow(
  { ground, runs }: House,
  request: UndoRequest,
  signal: AbortSignal,
): Promise<Ordered> {
  const { stack } = request;
  const last = await lastMove(runs, stack);
  const see = (outputs: Outputs) => look(ground, { stack, outputs }, signal);
  const recent = ground.stacks.recent(stack);
  const known = recent && (await see(recent).catch(() => undefined));
  const order = known && !notRecorded(known) && tried(() => orderFor(request, known, last));
  if (order) return order;
  return orderFor(request, await see(await ground.stacks.outputs(stack, signal)), last);
}

function tried<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** Undefined when the run ended just then. */
async function tell(
  { runs }: House,
  what: { readonly request: UndoRequest; readonly running: Deployment; readonly key?: IdempotencyKey },
): Promise<Deployment | undefined> {
  const { running, key } = what;
  const { stack, acceptMigrated = false } = what.request;
  if (running.kind === "warm") throw new Busy(running);
  if (running.kind === "undo") throw new NothingToUndo({ stack, why: `the undo ${running.id} is under way` });
  if (running.status === "rolling-back") {
    throw new NothingToUndo({ stack, why: `the deployment ${running.id} is being taken back already` });
  }
  try {
    return await runs.send(running.id, { kind: "undo", acceptMigrated }, key);
  } catch (error) {
    if (!(error instanceof AlreadyEnded)) throw error;
    // It takes no messages any more, but has yet to write its last line.
    await untilEnded(runs, running);
    return undefined;
  }
}

async function untilEnded(runs: House["runs"], run: Deployment): Promise<void> {
  const signal = AbortSignal.timeout(5000);
  let view: Deployment | undefined = run;
  while (view && !view.finishedAt && !signal.aborted) {
    view = await runs.get(run.id, { newerThan: view.revision, signal });
  }
}

interface Ordered {
  readonly order: UndoOrder;
  /** The deployment that is undone. */
  readonly undone: Deployment;
}

function orderFor(request: UndoRequest, seen: Snapshot, undone: Deployment | undefined): Ordered {
  const { stack, now = false } = request;
  if (!undone) throw new NothingToUndo({ stack, why: "no deployment has succeeded yet" });
  if (undone.kind === "undo") {
    throw new NothingToUndo({
      stack,
      why: `the last run was the undo ${undone.id}, which brought back ${undone.image ?? "the former release"}`,
      ...(undone.from ? { forward: undone.from.image } : {}),
    });
  }
  if (!undone.from) throw new NothingToUndo({ stack, why: `${undone.image ?? "it"} was the first release` });
  const { colour, from } = undone;
  const byHand = colour !== undefined && movedBackByHand(seen, undone);
  const snapshot = byHand ? { ...seen, live: colour, idle: from.colour } : seen;
  if (snapshot.live !== undone.colour) {
    throw new Drift(
      `The production rule weighs ${sayWeights(snapshot.rules.production)}; ${undone.id} left all on ${undone.colour ?? "neither"}.`,
      stack,
    );
  }
  const engine = nameOf(undone);
  const former = engines[engine].former(snapshot)?.release.tag;
  if (former !== undone.from.image) {
    const why = `${undone.from.image} no longer stands ready on ${undone.from.colour}, ${former ?? "nothing"} does`;
    throw new NothingToUndo({ stack, why, forward: undone.from.image });
  }
  refuseMigrated(request, undone);
  return { order: { kind: "undo", stack, follows: undone.id, engine, now, snapshot }, undone };
}

function nameOf({ id, engine }: Deployment): EngineName {
  if (isEngine(engine)) return engine;
  throw new Error(`the deployment ${id} was done by an engine that this service does not have: ${engine}`);
}

function refuseMigrated({ stack, acceptMigrated }: UndoRequest, run: Deployment): void {
  const passed = run.steps.some(({ name, status }) => name === "point-of-no-return" && status === "done");
  if (passed && !acceptMigrated) throw new Migrated(stack, run.image ?? run.id);
}

function firstView(
  order: UndoOrder,
  what: { readonly undone: Deployment; readonly createdAt: string },
): Deployment {
  const { snapshot, stack, follows } = order;
  const { createdAt, undone: deployment } = what;
  const engine = engineOf(order);
  const image = engine.former(snapshot)?.release.tag;
  const undone = snapshot.live && specOn(snapshot, snapshot.live)?.release.tag;
  return {
    id: randomUUID(),
    kind: "undo",
    stack,
    status: "queued",
    revision: 1,
    engine: deployment.engine,
    ...(image ? { image } : {}),
    colour: engine.goesTo(snapshot),
    ...(undone && snapshot.live ? { from: { colour: snapshot.live, image: undone } } : {}),
    follows,
    createdAt,
    weights: snapshot.rules.production,
    steps: toCome(plan(order, snapshot).steps),
    notes: [...lackOf(order, snapshot), ...schemaStays(what.undone)],
  };
}

/** Traffic goes back, the database does not. */
function schemaStays({ migrated, image, from }: Deployment): readonly string[] {
  if (!migrated) return [];
  const why = migrated === "compatible" ? "it is declared compatible" : "the caller accepted that";
  return [
    `The migration of ${image ?? "it"} stays in the database; ${from?.image ?? "the former release"} runs on it: ${why}.`,
  ];
}

/** A sentence where the former colour has fewer tasks than the load needs. */
export function lackOf(order: UndoOrder, snapshot: Snapshot): readonly string[] {
  const missing = engineOf(order).lacks(snapshot);
  if (missing === 0) return [];
  const lack = `${snapshot.idle} lacks ${missing} tasks for the present load`;
  return order.now && snapshot.services[snapshot.idle].running > 0
    ? [`${lack}; the traffic moves at once, as asked, and the tasks follow.`]
    : [`${lack}; they are started before the traffic moves.`];
}
