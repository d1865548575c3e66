import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { isAlive } from "../../service/adapters/processes.ts";
import type { Fleet } from "./fleet.ts";
import type { Bystander, Call } from "./recordingAws.ts";

/** Where a run is cut off: at one of its requests to AWS. */
export interface Strike {
  /** What the run recorded last by then: the step after it is the one that is cut off. */
  readonly after: string;
  /** Which request of that step, counted from 1. */
  readonly nth: number;
  /** Whether AWS carries the request out; `later` it is even answered. */
  readonly at: "before" | "after" | "later";
  /** Milliseconds from the answer to the kill, where it is later. */
  readonly delay: number;
}

/** Kills the instance that has the run at work, at one request of it, and counts requests. */
export interface Striker {
  readonly bystander: Bystander;
  /** Requests by what the run had recorded before, since the last call of this. */
  counts(): ReadonlyMap<string, number>;
  /** Names of what the run recorded, in order. */
  recorded(run: string): Promise<readonly string[]>;
  /** Resolves when it has struck, with what the instance was about to ask. */
  strike(strike: Strike): Promise<string>;
  /** As strike, some time after the nth Pulumi update from now has begun, in ms. Throws where that was over by then. */
  strikeUpdate(update: { readonly nth: number; readonly delay: number }): Promise<string>;
  close(): Promise<void>;
}

/** @param fleet asked only when a run is at work */
export function createStriker(fleet: () => Fleet): Striker {
  let pool: pg.Pool | undefined;
  let counted = new Map<string, number>();
  let armed: { readonly strike: Strike; readonly struck: (operation: string) => void } | undefined;
  /** The request at which it is to happen, once it is on its way. */
  let chosen: Call | undefined;

  const database = () => (pool ??= new pg.Pool({ connectionString: fleet().database, max: 8 }));

  /** What the run at work recorded last, by the database that it records in; undefined where none is at work. */
  async function lastRecorded(): Promise<string | undefined> {
    const { rows } = await database().query<{ last: string | null }>(
      `select (select function_name from dbos.operation_outputs where workflow_uuid = id
               order by function_id desc limit 1) as last
       from turnout.runs where phase <> 'waiting' and status in ('running', 'rolling-back')`,
    );
    return rows[0]?.last ?? undefined;
  }

  /** The process of the nth update from now, and the instance that made it. */
  async function updateFromNow(nth: number): Promise<{ readonly cli: number; readonly instance: number }> {
    const { rows: before } = await database().query<{ now: Date }>("select clock_timestamp() as now");
    for (;;) {
      const { rows } = await database().query<{ cli: number; instance: number }>(
        `select u.pid as cli, e.pid as instance from turnout.updates u join turnout.executors e on e.id = u.executor
         where u.started_at > $1 order by u.started_at offset $2`,
        [before[0]?.now, nth - 1],
      );
      if (rows[0]) return rows[0];
      await sleep(10);
    }
  }

  const kill = ({ by, operation }: Call) => {
    const { kill: end, instances } = fleet();
    const pid = instances.map((instance) => instance.now()).find((now) => now?.name === by)?.pid;
    if (pid !== undefined) end(pid);
    armed?.struck(operation);
    armed = undefined;
  };

  return {
    bystander: {
      before: async (call) => {
        const last = await lastRecorded();
        if (last === undefined) return;
        const count = (counted.get(last) ?? 0) + 1;
        counted.set(last, count);
        if (chosen || armed?.strike.after !== last || armed.strike.nth !== count) return;
        chosen = call;
        if (armed.strike.at !== "before") return;
        kill(call);
        await new Promise<never>(() => {});
      },
      after: async (call) => {
        if (call !== chosen || !armed) return;
        const { at, delay } = armed.strike;
        if (at === "later") return void setTimeout(() => kill(call), delay);
        kill(call);
        await new Promise<never>(() => {});
      },
    },
    counts: () => {
      const before = counted;
      counted = new Map();
      return before;
    },
    recorded: async (run) => {
      const { rows } = await database().query<{ name: string }>(
        "select function_name as name from dbos.operation_outputs where workflow_uuid = $1 order by function_id",
        [run],
      );
      return rows.map(({ name }) => name);
    },
    strike: (strike) => {
      counted = new Map();
      chosen = undefined;
      return new Promise((struck) => (armed = { strike, struck }));
    },
    strikeUpdate: async ({ nth, delay }) => {
      const { cli, instance } = await updateFromNow(nth);
      await sleep(delay);
      if (!isAlive(cli)) throw new Error(`Pulumi's update was over within ${delay} ms`);
      fleet().kill(instance);
      return `${delay} ms after Pulumi began`;
    },
    close: async () => void (await pool?.end()),
  };
}
