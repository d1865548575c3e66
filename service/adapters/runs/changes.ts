import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { clientOf, type Access } from "./connections.ts";

export const channel = "turnout_runs";

/** News of runs from every instance on the database. */
export interface Changes {
  /** Resolves at the next news of this run, after a second in any case, or when the signal is aborted. */
  wait(id: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds after which a waiter looks for itself: news may be lost while the connection is away. */
const patience = 1000;
/** Milliseconds between two tries to listen again. */
const pause = 500;

export async function listenForChanges(access: Access): Promise<Changes> {
  const news = new EventEmitter().setMaxListeners(0);
  const closed = new AbortController();
  let client = await listen();

  async function listen(): Promise<pg.Client> {
    const next = new pg.Client(clientOf(access));
    next.on("notification", ({ payload }) => news.emit(payload ?? ""));
    next.on("error", () => {});
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
    } catch (error) {
      void next.end().catch(() => {});
      throw error;
    }
    // Only one that listened is listened for again: a connection that can't be made ends, too.
    next.once("end", () => void again());
    return next;
  }

  async function again(): Promise<void> {
    while (!closed.signal.aborted) {
      try {
        await sleep(pause, undefined, { signal: closed.signal });
        client = await listen();
        if (closed.signal.aborted) await client.end();
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
      closed.abort();
      await client.end();
    },
  };
}
