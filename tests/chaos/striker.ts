import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { isAlive } from "../../service/adapters/processes.ts";
import type { Fleet } from "./fleet.ts";
import type { Bystander, Call } from "./recordingAws.ts";
import { poolOf, updatesSince } from "./updates.ts";

/** Where a run is cut off: at one of its requests to AWS. */
export interface Strike {
  /** What the run recorded last by then: the step after it is the one that is cut off. */
  readonly after: string;
  readonly operation: string;
  /** Which request of that step for that operation, counted from 1. */
  readonly nth: number;
  /** Whether AWS carries the request out; `later` it is even answered. */
  readonly at: "before" | "after" | "later";
  /** Milliseconds from the answer to the kill, where it is later. */
  readonly delay: number;
}

/** An instance that was killed. */
export interface Struck {
  readonly pid: number;
  /** Epoch ms. */
  readonly at: number;
}

/** Kills the instance that asks AWS something for the run at work, at one request; lists the requests. */
export interface Striker {
  readonly bystander: Bystander;
  /** Operations by what the run had recorded before, in order, since the last call of this. */
  takeRequests(): ReadonlyMap<string, readonly string[]>;
  /** Names of what the run recorded, in order. */
  recorded(run: string): Promise<readonly string[]>;
  /** The process that had the run last. */
  lastHand(run: string): Promise<number>;
  /** Resolves when it has struck; not at all where the run does not come there before the signal. */
  strike(strike: Strike, signal: AbortSignal): Promise<Struck>;
  /** As strike, some time after the nth Pulumi update from now has begun, in ms. Throws where that was over by then. */
  strikeUpdate(
    update: { readonly nth: number; readonly delay: number },
    signal: AbortSignal,
  ): Promise<Struck>;
  close(): Promise<void>;
}

interface Armed {
  readonly strike: Strike;
  readonly signal: AbortSignal;
  readonly struck: (struck: Struck) => void;
}

/** @param fleet undefined while it is being opened */
export function createStriker(fleet: () => Fleet | undefined): Striker {
  let pool: pg.Pool | undefined;
  let requests = new Map<string, string[]>();
  let armed: Armed | undefined;
  /** The request at which it is to happen, once it is on its way. */
  const chosen = new WeakMap<Call, Armed>();

  const database = ({ database: url }: Fleet) => (pool ??= poolOf(url));
  const opened = (): Fleet => {
    const now = fleet();
    if (!now) throw new Error("the fleet is not open");
    return now;
  };

  /** What the run at work recorded last, by the database that it records in; undefined where none is at work. */
  async function lastRecorded(): Promise<string | undefined> {
    const now = fleet();
    if (!now) return undefined;
    const { rows } = await database(now).query<{ last: string | null }>(
      `select (select function_name from dbos.operation_outputs where workflow_uuid = id
               order by function_id desc limit 1) as last
       from turnout.runs where phase <> 'waiting' and status in ('running', 'rolling-back')`,
    );
    return rows[0]?.last ?? undefined;
  }

  const kill = ({ by }: Call, { signal, struck }: Armed) => {
    const { kill: end, instances } = opened();
    const pid = instances.map((instance) => instance.now()).find((now) => now?.name === by)?.pid;
    if (pid === undefined || signal.aborted) return;
    end(pid);
    struck({ pid, at: Date.now() });
  };

  return {
    bystander: {
      before: async (call) => {
        const last = await lastRecorded();
        if (last === undefined) return;
        const asked = requests.get(last) ?? [];
        requests.set(last, [...asked, call.operation]);
        const nth = 1 + asked.filter((operation) => operation === call.operation).length;
        const { strike } = armed ?? {};
        if (!armed || strike?.after !== last || strike.operation !== call.operation || strike.nth !== nth)
          return;
        const now = armed;
        armed = undefined;
        if (strike.at !== "before") return void chosen.set(call, now);
        kill(call, now);
        await new Promise<never>(() => {});
      },
      after: async (call) => {
        const now = chosen.get(call);
        if (!now) return;
        const { at, delay } = now.strike;
        if (at === "later") return void setTimeout(() => kill(call, now), delay);
        kill(call, now);
        await new Promise<never>(() => {});
      },
    },
    takeRequests: () => {
      const taken = requests;
      requests = new Map();
      return taken;
    },
    recorded: async (run) => {
      const { rows } = await database(opened()).query<{ name: string }>(
        "select function_name as name from dbos.operation_outputs where workflow_uuid = $1 order by function_id",
        [run],
      );
      return rows.map(({ name }) => name);
    },
    lastHand: async (run) => {
      const { rows } = await database(opened()).query<{ pid: number }>(
        "select e.pid from turnout.runs r join turnout.executors e on e.id = r.executor where r.id = $1",
        [run],
      );
      return rows[0]?.pid ?? 0;
    },
    strike: (strike, signal) => {
      requests = new Map();
      return new Promise((struck) => {
        const now = { strike, signal, struck };
        armed = now;
        signal.addEventListener("abort", () => {
          if (armed === now) armed = undefined;
        });
      });
    },
    strikeUpdate: async ({ nth, delay }, signal) => {
      const since = new Date();
      for (;;) {
        const update = (await updatesSince(database(opened()), since))[nth - 1];
        await sleep(update ? delay : 10, undefined, { signal });
        if (!update) continue;
        if (!isAlive(update.cli)) throw new Error(`Pulumi's update was over within ${delay} ms`);
        opened().kill(update.instance);
        return { pid: update.instance, at: Date.now() };
      }
    },
    close: async () => void (await pool?.end()),
  };
}
