import type { Pool, PoolClient } from "pg";
import { ended } from "../../deployments/status.ts";
import { AlreadyEnded, UnknownDeployment } from "../../errors/refusals.ts";
import type { Message } from "../../ports/runs.ts";
import { endQueued, endWaiting } from "./arrivals.ts";
import { channel } from "./changes.ts";
import { lock, transaction } from "./database.ts";
import { raiseEpoch } from "./rightOfWay.ts";
import type { Row } from "./rows.ts";

/** What is said to runs from outside. */
export interface Messages {
  send(id: string, message: Message, now: string): Promise<void>;
  of(id: string): Promise<readonly Message[]>;
  /** Takes no more of them for this run, and answers all that came. */
  close(id: string): Promise<readonly Message[]>;
}

export function createMessages(pool: Pool): Messages {
  return {
    send: (id, message, now) =>
      transaction(pool, async (client) => {
        const found = await client.query<{ stack: string }>("select stack from turnout.runs where id = $1", [
          id,
        ]);
        const stack = found.rows[0]?.stack;
        if (stack === undefined) throw new UnknownDeployment(id);
        await lock(client, "arrival", stack);
        const { view, closed, phase } = await hold(client, id);
        if (closed || ended(view.status)) throw new AlreadyEnded(view);
        if (message.kind === "cancel" && phase === "waiting") {
          const note = "It was cancelled before it began.";
          await endQueued(client, { where: "id = $1", value: id, status: "cancelled", now, note });
          return;
        }
        if (message.kind === "undo") {
          // First of all: from here on nothing moves traffic forward. What is being taken back goes on.
          if (phase === "forward") await raiseEpoch(client, stack);
          await endWaiting(client, { stack, now, why: `an undo of ${id}` });
        }
        await client.query("insert into turnout.messages (run, message) values ($1, $2)", [id, message]);
        await client.query(`select pg_notify('${channel}', $1)`, [id]);
      }),
    of: (id) => read(pool, id),
    close: (id) =>
      transaction(pool, async (client) => {
        await client.query("update turnout.runs set closed = true where id = $1", [id]);
        return read(client, id);
      }),
  };
}

async function hold(
  client: PoolClient,
  id: string,
): Promise<Row & { readonly closed: boolean; readonly phase: string }> {
  const { rows } = await client.query<Row & { closed: boolean; phase: string }>(
    "select view, revision, closed, phase from turnout.runs where id = $1 for update",
    [id],
  );
  if (!rows[0]) throw new UnknownDeployment(id);
  return rows[0];
}

async function read(from: Pool | PoolClient, id: string): Promise<readonly Message[]> {
  const { rows } = await from.query<{ message: Message }>(
    "select message from turnout.messages where run = $1 order by seq",
    [id],
  );
  return rows.map(({ message }) => message);
}
