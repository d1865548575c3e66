import type { Pool, PoolClient } from "pg";
import type { Deployment } from "../../deployments/deployment.ts";
import { ended } from "../../deployments/status.ts";
import { AlreadyEnded, Migrated, UnknownDeployment } from "../../errors/refusals.ts";
import type { IdempotencyKey, Message } from "../../ports/runs.ts";
import { endQueued, endWaiting, keyed } from "./arrivals.ts";
import { channel } from "./changes.ts";
import { lock, transaction } from "./database.ts";
import { raiseEpoch, type RightOfWay } from "./rightOfWay.ts";
import { shown, storable, type Row } from "./rows.ts";

/** What is said to runs from outside. */
export interface Messages {
  /** Answers the run as it was when it was told, or the first answer where the key is known. */
  send(
    id: string,
    message: Message,
    at: { readonly now: string; readonly key?: IdempotencyKey },
  ): Promise<Deployment>;
  of(id: string): Promise<readonly Message[]>;
  /** Takes no more of them for this run, and answers all that came. */
  close(id: string): Promise<readonly Message[]>;
  /** Takes an undo only where it accepts the migration, from now on; answers all that came. */
  passNoReturn(id: string): Promise<readonly Message[]>;
}

export function createMessages(pool: Pool, { settled }: Pick<RightOfWay, "settled">): Messages {
  return {
    send: async (id, message, at) => {
      const { view, stack, overtaken } = await transaction(pool, (client) =>
        leave(client, { id, message, ...at }),
      );
      // No shift comes after the answer. Where this can't be seen in time the run sees to it: it has the message.
      if (overtaken) await settled(stack).catch(() => {});
      return view;
    },
    of: (id) => read(pool, id),
    close: (id) => mark(pool, id, "closed"),
    passNoReturn: (id) => mark(pool, id, "no_return"),
  };
}

interface Left {
  readonly view: Deployment;
  readonly stack: string;
  /** A write to the load balancer may be under way that was begun before. */
  readonly overtaken: boolean;
}

async function leave(
  client: PoolClient,
  what: {
    readonly id: string;
    readonly message: Message;
    readonly now: string;
    readonly key?: IdempotencyKey;
  },
): Promise<Left> {
  const { id, message, now, key } = what;
  const stack = await stackOf(client, id);
  await lock(client, "arrival", stack);
  const first = key && (await keyed(client, key));
  if (first) return { view: first, stack, overtaken: false };
  const row = await hold(client, id);
  const { view, closed, phase } = row;
  if (closed || ended(view.status)) throw new AlreadyEnded(view);
  if (message.kind === "cancel" && phase === "waiting") {
    const note = "It was cancelled before it began.";
    await endQueued(client, { where: "id = $1", value: id, status: "cancelled", now, note });
    return { view: shown(await hold(client, id)), stack, overtaken: false };
  }
  const overtaken = message.kind === "undo" && phase === "forward";
  if (message.kind === "undo") {
    if (row.no_return && !message.acceptMigrated) throw new Migrated(stack, view.image ?? id);
    // First of all: from here on nothing moves traffic forward. What is being taken back goes on.
    if (overtaken) await raiseEpoch(client, stack);
    await endWaiting(client, { stack, now, why: `an undo of ${id}` });
  }
  await client.query(
    "insert into turnout.messages (run, message, idempotency_key, request, answer) values ($1, $2, $3, $4, $5)",
    [id, message, key?.value ?? null, key?.request ?? null, key ? storable(shown(row)) : null],
  );
  await client.query(`select pg_notify('${channel}', $1)`, [id]);
  return { view: shown(row), stack, overtaken };
}

async function stackOf(client: PoolClient, id: string): Promise<string> {
  const { rows } = await client.query<{ stack: string }>("select stack from turnout.runs where id = $1", [
    id,
  ]);
  if (!rows[0]) throw new UnknownDeployment(id);
  return rows[0].stack;
}

interface Held extends Row {
  readonly closed: boolean;
  readonly no_return: boolean;
  readonly phase: string;
}

async function hold(client: PoolClient, id: string): Promise<Held> {
  const { rows } = await client.query<Held>(
    "select view, revision, closed, no_return, phase from turnout.runs where id = $1 for update",
    [id],
  );
  if (!rows[0]) throw new UnknownDeployment(id);
  return rows[0];
}

/** Whoever leaves a message holds the run's row meanwhile: it came before the mark, or finds it. */
function mark(pool: Pool, id: string, what: "closed" | "no_return"): Promise<readonly Message[]> {
  return transaction(pool, async (client) => {
    await client.query(`update turnout.runs set ${what} = true where id = $1`, [id]);
    return read(client, id);
  });
}

async function read(from: Pool | PoolClient, id: string): Promise<readonly Message[]> {
  const { rows } = await from.query<{ message: Message }>(
    "select message from turnout.messages where run = $1 order by seq",
    [id],
  );
  return rows.map(({ message }) => message);
}
