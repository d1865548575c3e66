import type { Pool, PoolClient } from "pg";
import { ended, type Status } from "../../deployments/status.ts";
import { Overtaken } from "../../errors/refusals.ts";
import type { Phase } from "../../ports/runs.ts";
import { patiently } from "./away.ts";
import { abandon, lock, transaction } from "./database.ts";
import { isAdopted } from "./executor.ts";

/** Whose turn it is on each stack, by a number that only grows: the stack's epoch. */
export interface RightOfWay {
  /**
   * Raises the epoch for a run and answers it, when no write of those before is under way any more; undefined when the
   * run has ended, or never came to be.
   */
  take(run: { readonly id: string; readonly stack: string }, phase: Phase): Promise<string | undefined>;
  /** Throws Overtaken unless `epoch` is the newest. */
  check(stack: string, epoch: string): Promise<void>;
  /** Acts under the stack's lock while `epoch` is the newest. Throws Overtaken. */
  exclusively<T>(stack: string, epoch: string, act: () => Promise<T>): Promise<T>;
  /**
   * Resolves when no write is under way that began before. Rejects where that can't be seen: the database is away, or
   * the write takes longer than a lock is waited for.
   */
  settled(stack: string): Promise<void>;
}

/** The epoch of `stack`, raised by one: what was prepared under an older one is not begun any more. */
export async function raiseEpoch(client: PoolClient, stack: string): Promise<string> {
  const { rows } = await client.query<{ epoch: string }>(
    `insert into turnout.stacks (stack, epoch) values ($1, 1)
     on conflict (stack) do update set epoch = stacks.epoch + 1 returning epoch`,
    [stack],
  );
  return rows[0]?.epoch ?? "";
}

/**
 * @param options.pool for what is short
 * @param options.writes for locks that are held as long as a load balancer takes to answer: nobody else waits for these
 */
export function createRightOfWay(options: {
  readonly pool: Pool;
  readonly writes: Pool;
  readonly executor: string;
}): RightOfWay {
  const { pool, writes, executor } = options;
  /** Those who wait for the same stack's lock wait in one session. */
  const waiting = new Map<string, Promise<void>>();

  const settled = (stack: string): Promise<void> => {
    const shared =
      waiting.get(stack) ??
      transaction(writes, async (client) => {
        await lock(client, "traffic", stack);
        waiting.delete(stack);
      }).finally(() => waiting.delete(stack));
    waiting.set(stack, shared);
    return shared;
  };

  return {
    take: async ({ id, stack }, phase) => {
      const epoch = await patiently(() =>
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
               phase = case phase when 'back' then phase else $2 end, executor = $3 where id = $1`,
            [id, phase, executor],
          );
          return raiseEpoch(client, stack);
        }),
      );
      if (epoch !== undefined) await patiently(() => settled(stack));
      return epoch;
    },
    check: (stack, epoch) =>
      patiently(async () => {
        await refuseAdopted(pool, executor);
        await refuseOvertaken(pool, { stack, epoch });
      }),
    exclusively: async (stack, epoch, act) => {
      const client = await patiently(() => begin(writes, { executor, stack, epoch }));
      try {
        return await act();
      } finally {
        // What was done is done, even where the database went away meanwhile.
        await client.query("commit").then(
          () => client.release(),
          () => client.release(true),
        );
      }
    },
    settled,
  };
}

/** A transaction that holds the stack's lock. */
async function begin(
  pool: Pool,
  who: { readonly executor: string; readonly stack: string; readonly epoch: string },
): Promise<PoolClient> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await refuseAdopted(client, who.executor);
    await lock(client, "traffic", who.stack);
    await refuseOvertaken(client, who);
    return client;
  } catch (error) {
    await abandon(client);
    throw error;
  }
}

async function refuseOvertaken(
  by: Pool | PoolClient,
  { stack, epoch }: { readonly stack: string; readonly epoch: string },
): Promise<void> {
  const { rows } = await by.query<{ epoch: string }>("select epoch from turnout.stacks where stack = $1", [
    stack,
  ]);
  if (rows[0]?.epoch !== epoch) throw new Overtaken(stack);
}

/** An executor that was away so long that another one took up its runs does nothing any more; its process is about to end. */
async function refuseAdopted(by: Pool | PoolClient, executor: string): Promise<void> {
  if (await isAdopted(by, executor)) await new Promise<never>(() => {});
}
