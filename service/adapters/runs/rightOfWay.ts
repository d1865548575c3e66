import type { Pool, PoolClient } from "pg";
import { ended, type Status } from "../../deployments/status.ts";
import { Overtaken } from "../../errors/refusals.ts";
import type { Phase } from "../../ports/runs.ts";
import { isAway, patiently } from "./away.ts";
import { lock, transaction } from "./database.ts";

/** Whose turn it is on each stack's load balancer, by a number that only grows: the stack's epoch. */
export interface RightOfWay {
  /** Raises the epoch for a run and answers it; undefined when the run has ended, or never came to be. */
  take(run: { readonly id: string; readonly stack: string }, phase: Phase): Promise<string | undefined>;
  /** Acts under the stack's lock while `epoch` is the newest. Throws Overtaken. */
  exclusively<T>(stack: string, epoch: string, act: () => Promise<T>): Promise<T>;
}

/** The epoch of `stack`, raised by one. Its lock is held until the transaction's end: no write is under way. */
export async function raiseEpoch(client: PoolClient, stack: string): Promise<string> {
  await lock(client, "traffic", stack);
  const { rows } = await client.query<{ epoch: string }>(
    `insert into turnout.stacks (stack, epoch) values ($1, 1)
     on conflict (stack) do update set epoch = stacks.epoch + 1 returning epoch`,
    [stack],
  );
  return rows[0]?.epoch ?? "";
}

export function createRightOfWay(pool: Pool, executor: string): RightOfWay {
  return {
    take: ({ id, stack }, phase) =>
      patiently(() =>
        transaction(pool, async (client) => {
          await refuseAdopted(client, executor);
          await lock(client, "arrival", stack);
          const { rows } = await client.query<{ status: Status }>(
            "select status from turnout.runs where id = $1 for update",
            [id],
          );
          if (!rows[0] || ended(rows[0].status)) return undefined;
          await client.query(
            `update turnout.runs set status = case status when 'queued' then 'running' else status end,
               phase = case phase when 'back' then phase else $2 end where id = $1`,
            [id, phase],
          );
          return raiseEpoch(client, stack);
        }),
      ),
    exclusively: async (stack, epoch, act) => {
      const client = await patiently(() => begin(pool, { executor, stack }));
      try {
        const { rows } = await client.query<{ epoch: string }>(
          "select epoch from turnout.stacks where stack = $1",
          [stack],
        );
        if (rows[0]?.epoch !== epoch) throw new Overtaken(stack);
        return await act();
      } finally {
        // What was done is done, even where the database went away meanwhile.
        await client.query("commit").then(
          () => client.release(),
          () => client.release(true),
        );
      }
    },
  };
}

/** A transaction that holds the stack's lock. */
async function begin(pool: Pool, who: { executor: string; stack: string }): Promise<PoolClient> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await refuseAdopted(client, who.executor);
    await lock(client, "traffic", who.stack);
    return client;
  } catch (error) {
    client.release(isAway(error));
    throw error;
  }
}

/** An executor that was away so long that another one took up its runs does nothing any more; its process is about to end. */
async function refuseAdopted(client: PoolClient, executor: string): Promise<void> {
  const { rowCount } = await client.query(
    "select 1 from turnout.executors where id = $1 and adopted_at is not null",
    [executor],
  );
  if (rowCount) await new Promise<never>(() => {});
}
