import type { Pool, PoolClient } from "pg";
import type { Deployment } from "../../deployments/deployment.ts";
import { Busy, KeyReused } from "../../errors/refusals.ts";
import type { IdempotencyKey, NewRun } from "../../ports/runs.ts";
import { channel } from "./changes.ts";
import { lock, transaction } from "./database.ts";
import { active, shown, storable, type Row } from "./rows.ts";

/** How runs come to a stack: one after the other. */
export interface Arrivals {
  /**
   * Writes the run down and enqueues it, both or none; answers its first view, or the first one's where the id or the key
   * is known. Throws Busy, KeyReused.
   */
  admit(run: NewRun, enqueue: (run: NewRun) => Promise<void>): Promise<Deployment>;
  byKey(key: IdempotencyKey): Promise<Deployment | undefined>;
  /** A number that each run raises when its turn comes and when it ends. */
  epoch(stack: string): Promise<string>;
}

export function createArrivals(pool: Pool): Arrivals {
  return {
    admit: (run, enqueue) =>
      transaction(pool, async (client) => {
        const { stack, kind } = run.view;
        await lock(client, "arrival", stack);
        const first = await known(client, run);
        if (first) return first;
        const now = run.view.createdAt;
        if (kind === "undo") await endWaiting(client, { stack, now, why: `the undo ${run.view.id}` });
        const before = await earlier(client, { stack, now });
        const atWork = before.find((other) => other.view.kind !== "rest");
        if (atWork && kind !== "rest" && (run.onBusy ?? "reject") === "reject") throw new Busy(shown(atWork));
        if (run.onBusy === "supersede")
          await endWaiting(client, { stack, now, why: `the newer ${kind} ${run.view.id}` });
        const view = await insert(client, run);
        const late =
          before.length > 0 || (run.seenAt !== undefined && run.seenAt !== (await epochOf(client, stack)));
        // Still under the lock: who came first is enqueued first.
        await enqueue(late ? { ...run, waited: true } : run);
        return view;
      }),
    byKey: (key) => keyed(pool, key),
    epoch: (stack) => epochOf(pool, stack),
  };
}

/** Ends the deployments of a stack that have not begun. They may come to their turn: it is over then. */
export async function endWaiting(
  client: PoolClient,
  by: { readonly stack: string; readonly now: string; readonly why: string },
): Promise<void> {
  await endQueued(client, {
    ...{ where: "stack = $1 and kind = 'deployment' and phase = 'waiting'", value: by.stack },
    ...{ status: "superseded", now: by.now, note: `It had not begun when ${by.why} came.` },
  });
}

/** Ends runs that wait, there and then. */
export async function endQueued(
  client: PoolClient,
  what: {
    readonly where: string;
    readonly value: string;
    readonly status: "superseded" | "cancelled";
    readonly now: string;
    readonly note: string;
  },
): Promise<void> {
  await client.query(
    `with told as (
       update turnout.runs set status = $2, closed = true, revision = revision + 1,
         view = view || jsonb_build_object('status', $2::text, 'finishedAt', $3::text,
           'notes', (view -> 'notes') || jsonb_build_array($4::text))
       where ${what.where} and status = 'queued' returning id
     ) select pg_notify('${channel}', id) from told`,
    [what.value, what.status, what.now, what.note],
  );
}

async function known(client: PoolClient, run: NewRun): Promise<Deployment | undefined> {
  const { rows } = await client.query<{ first_view: Deployment }>(
    "select first_view from turnout.runs where id = $1",
    [run.view.id],
  );
  return rows[0]?.first_view ?? (run.key && (await keyed(client, run.key)));
}

/** What was answered to the first request with this key: a run of its own, or the one that it was told to. */
export async function keyed(from: Pool | PoolClient, key: IdempotencyKey): Promise<Deployment | undefined> {
  const { rows } = await from.query<{ answer: Deployment; request: string }>(
    `select first_view as answer, request from turnout.runs where idempotency_key = $1
     union all select answer, request from turnout.messages where idempotency_key = $1`,
    [key.value],
  );
  if (rows[0] && rows[0].request !== key.request) throw new KeyReused(key.value, rows[0].answer);
  return rows[0]?.answer;
}

async function epochOf(from: Pool | PoolClient, stack: string): Promise<string> {
  const { rows } = await from.query<{ epoch: string }>("select epoch from turnout.stacks where stack = $1", [
    stack,
  ]);
  return rows[0]?.epoch ?? "";
}

/** The runs that this one comes after, those at work first. A rest that is due later is not among them. */
async function earlier(client: PoolClient, at: { stack: string; now: string }): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(
    `select view, revision from turnout.runs
     where stack = $1 and status = any($2) and (due_at is null or due_at <= $3 or phase <> 'waiting')
     order by phase = 'waiting', created_at`,
    [at.stack, active, at.now],
  );
  return rows;
}

/** Answers the view as whoever sends the same request again will get it. */
async function insert(client: PoolClient, { order, view, key }: NewRun): Promise<Deployment> {
  const { id, stack, kind, status, createdAt, dueAt } = view;
  const { rows } = await client.query<{ first_view: Deployment }>(
    `insert into turnout.runs
       (id, stack, kind, status, created_at, due_at, idempotency_key, request, ordered, first_view, view)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
     returning first_view`,
    [
      ...[id, stack, kind, status, createdAt, dueAt ?? null],
      ...[key?.value ?? null, key?.request ?? null, storable(order), storable(view)],
    ],
  );
  return rows[0]?.first_view ?? view;
}
