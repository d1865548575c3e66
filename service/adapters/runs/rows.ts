import type { Pool, PoolClient } from "pg";
import type { Deployment } from "../../deployments/deployment.ts";
import type { Order } from "../../deployments/order.ts";
import { ended, statuses } from "../../deployments/status.ts";
import { AlreadyEnded, Busy, UnknownDeployment } from "../../errors/refusals.ts";
import type { Message, NewRun, RunQuery } from "../../ports/runs.ts";
import { channel } from "./changes.ts";

const active = statuses.filter((status) => !ended(status));

interface Row {
  readonly view: Deployment;
  readonly revision: number;
}

/** Runs as rows: what readers see, and the messages. */
export interface Rows {
  /** False when there was such a run already. Throws Busy. */
  insert(run: NewRun): Promise<boolean>;
  report(view: Deployment): Promise<void>;
  get(id: string): Promise<Deployment | undefined>;
  list(query: RunQuery): Promise<readonly Deployment[]>;
  send(id: string, message: Message): Promise<void>;
  messages(id: string): Promise<readonly Message[]>;
  close(id: string): Promise<readonly Message[]>;
  /** Runs that have not ended, as they were asked for. */
  unfinished(): Promise<readonly NewRun[]>;
}

export function createRows(pool: Pool): Rows {
  const rows: Rows = {
    insert: (run) =>
      transaction(pool, async (client) => {
        const { id, stack, kind, status, createdAt } = run.view;
        await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [stack]);
        const known = await client.query("select 1 from turnout.runs where id = $1", [id]);
        if (known.rowCount) return false;
        // A rest is short, and the queue keeps it out of the way of others.
        const { rows: busy } = await client.query<Row>(
          "select view, revision from turnout.runs where stack = $1 and kind <> 'rest' and status = any($2) limit 1",
          [stack, active],
        );
        if (busy[0] && kind !== "rest") throw new Busy(busy[0].view);
        await client.query(
          `insert into turnout.runs (id, stack, kind, status, created_at, ordered, first_view, view)
           values ($1, $2, $3, $4, $5, $6, $7, $7)`,
          [id, stack, kind, status, createdAt, run.order, run.view],
        );
        return true;
      }),
    report: async (view) => {
      await pool.query(
        `with told as (
           update turnout.runs set view = $2, status = $3, revision = revision + 1 where id = $1 returning id
         ) select pg_notify('${channel}', id) from told`,
        [view.id, view, view.status],
      );
    },
    get: async (id) => {
      const found = await pool.query<Row>("select view, revision from turnout.runs where id = $1", [id]);
      return found.rows[0] && shown(found.rows[0]);
    },
    list: async ({ stack, status, kind, limit = 50 }) => {
      const found = await pool.query<Row>(
        `select view, revision from turnout.runs
         where ($1::text is null or stack = $1) and ($2::text is null or status = $2) and ($3::text[] is null or kind = any($3))
         order by created_at desc, id limit $4`,
        [stack ?? null, status ?? null, kind ?? null, limit],
      );
      return found.rows.map(shown);
    },
    send: (id, message) =>
      transaction(pool, async (client) => {
        const found = await client.query<Row & { closed: boolean }>(
          "select view, revision, closed from turnout.runs where id = $1 for update",
          [id],
        );
        const row = found.rows[0];
        if (!row) throw new UnknownDeployment(id);
        if (row.closed || ended(row.view.status)) throw new AlreadyEnded(row.view);
        await client.query("insert into turnout.messages (run, message) values ($1, $2)", [id, message]);
        await client.query(`select pg_notify('${channel}', $1)`, [id]);
      }),
    messages: (id) => messagesOf(pool, id),
    close: (id) =>
      transaction(pool, async (client) => {
        await client.query("update turnout.runs set closed = true where id = $1", [id]);
        return messagesOf(client, id);
      }),
    unfinished: async () => {
      const found = await pool.query<{ ordered: Order; first_view: Deployment }>(
        "select ordered, first_view from turnout.runs where status = any($1) order by created_at",
        [active],
      );
      return found.rows.map(({ ordered, first_view }) => ({ order: ordered, view: first_view }));
    },
  };
  return rows;
}

/** The row's own count of its changes is the one that readers wait for. */
function shown({ view, revision }: Row): Deployment {
  return { ...view, revision };
}

async function messagesOf(from: Pool | PoolClient, id: string): Promise<readonly Message[]> {
  const found = await from.query<{ message: Message }>(
    "select message from turnout.messages where run = $1 order by seq",
    [id],
  );
  return found.rows.map(({ message }) => message);
}

async function transaction<T>(pool: Pool, act: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const answer = await act(client);
    await client.query("commit");
    return answer;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
