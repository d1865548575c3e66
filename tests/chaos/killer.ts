import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { isAlive } from "../../service/adapters/processes.ts";
import { parentOf } from "../e2e/processes.ts";
import type { Fleet } from "./fleet.ts";
import { poolOf, updatesUnderWay } from "./updates.ts";

export const victims = ["a service", "all services", "Postgres", "an update"] as const;
export type Victim = (typeof victims)[number];

/** Of a hundred kills, in the order of `victims`. */
const shares = [50, 15, 15, 20] as const;

/** Milliseconds that an update is waited for. */
const patience = 10_000;

/** Kills what was started for this, and counts. */
export interface Killer {
  readonly counts: Record<Victim, number>;
  /** One kill of a kind that chance chooses; resolves when it is done. Rejects when the signal is aborted. */
  kill(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export function createKiller(
  { instances, database, kill }: Pick<Fleet, "instances" | "database" | "kill">,
  random: () => number,
): Killer {
  const counts: Killer["counts"] = { "a service": 0, "all services": 0, Postgres: 0, "an update": 0 };

  const running = () => instances.flatMap((instance) => instance.now()?.pid ?? []);
  const one = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)];
  const pool = poolOf(database);
  const underWay = async () => {
    // The database may be away.
    const updates = await updatesUnderWay(pool).catch(() => []);
    return updates.map(({ cli }) => cli);
  };
  const untilSome = async (look: () => readonly number[] | Promise<readonly number[]>, within: number) => {
    const until = Date.now() + within;
    let found = await look();
    while (found.length === 0 && Date.now() < until) {
      await sleep(20);
      found = await look();
    }
    return found;
  };

  async function strike(victim: Victim): Promise<boolean> {
    switch (victim) {
      case "a service":
      case "all services": {
        const pids = await untilSome(running, patience);
        const chosen = victim === "a service" ? [one(pids)] : pids;
        for (const pid of chosen) if (pid !== undefined) kill(pid);
        return pids.length > 0;
      }
      case "Postgres": {
        const pid = await postmaster(database);
        if (pid !== undefined) kill(pid);
        return pid !== undefined;
      }
      case "an update": {
        // The Pulumi CLI, or the process that runs its program and waits for it.
        const [cli] = await untilSome(underWay, patience);
        await sleep(300 * random());
        if (cli === undefined || !isAlive(cli)) return false;
        const pid = one([cli, parentOf(cli)]);
        if (pid !== undefined) kill(pid);
        return pid !== undefined;
      }
    }
  }

  return {
    counts,
    close: () => pool.end(),
    kill: async (signal) => {
      for (;;) {
        signal.throwIfAborted();
        const victim = drawn(random());
        if (!(await strike(victim))) continue;
        counts[victim] += 1;
        return;
      }
    },
  };
}

function drawn(chance: number): Victim {
  let left = chance * 100;
  for (const [index, victim] of victims.entries()) {
    left -= shares[index] ?? 0;
    if (left < 0) return victim;
  }
  return "a service";
}

/** The server says itself which process it is; undefined where it does not answer. */
async function postmaster(database: string): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: database, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ file: string }>("select pg_read_file('postmaster.pid') as file");
    return Number(rows[0]?.file.split("\n", 1)[0]) || undefined;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
