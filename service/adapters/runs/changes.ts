import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

export const channel = "turnout_runs";

/** News of runs from every instance on the database. */
export interface Changes {
  /** Resolves at the next news of this run, after a second in any case, or when the signal is aborted. */
  wait(id: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds after which a waiter looks for itself: news may be lost while the connection is away. */
const patience = 1000;

export async function listenForChanges(url: string): Promise<Changes> {
  const news = new EventEmitter().setMaxListeners(0);
  let closed = false;
  let client = await connect();

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({ connectionString: url, keepAlive: true });
    next.on("notification", ({ payload }) => news.emit(payload ?? ""));
    next.on("error", () => {});
    next.on("end", () => void reconnect());
    await next.connect();
    await next.query(`listen ${channel}`);
    return next;
  }

  async function reconnect(): Promise<void> {
    while (!closed) {
      await sleep(500);
      try {
        client = await connect();
        return;
      } catch {
        // the database is still away; waiters look for themselves meanwhile
      }
    }
  }

  return {
    wait: async (id, signal) => {
      const over = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
      await once(news, id, { signal: over }).catch(() => {});
    },
    close: async () => {
      closed = true;
      await client.end();
    },
  };
}
