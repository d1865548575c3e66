import { Socket } from "node:net";
import pg from "pg";
import { lostOnTheWay } from "./away.ts";

/** The database, and the instance of the service that works on it. */
export interface Access {
  readonly url: string;
  /** Names the instance's sessions, so that whoever takes up its runs can end them. */
  readonly executor: string;
}

/** Milliseconds that the server has to answer before it counts as away. */
export const answersWithin = 5000;

/**
 * The server notices within seconds that this process's machine is gone, and lets go of what its sessions held; that
 * its process is gone it notices at once.
 */
const keepAlives = {
  tcp_keepalives_idle: 2,
  tcp_keepalives_interval: 1,
  tcp_keepalives_count: 3,
  tcp_user_timeout: answersWithin,
};

/** Milliseconds after which a lock is asked for anew: who holds it may be on a machine that is gone. */
const lockTimeout = { lock_timeout: answersWithin };

/** For one session of its own. */
export function clientOf(access: Access, settings: Readonly<Record<string, number>> = {}): pg.ClientConfig {
  const all = Object.entries({ ...keepAlives, ...settings });
  return {
    connectionString: access.url,
    application_name: sessionsOf(access.executor),
    keepAlive: true,
    connectionTimeoutMillis: answersWithin,
    options: all.map(([name, value]) => `-c ${name}=${value}`).join(" "),
  };
}

/** @param options.warn hears of sessions that broke while nobody used them */
export function openPool(
  access: Access,
  options: { readonly max: number; readonly warn?: (error: Error) => void },
): pg.Pool {
  const { max, warn } = options;
  return guarded(new pg.Pool({ ...clientOf(access, lockTimeout), max }), warn);
}

/** For the run store: its statements wait for as long as they need, but not in an open transaction. */
export function openStorePool(
  access: Access,
  options: { readonly max: number; readonly warn: (error: Error) => void },
): pg.Pool {
  const { max, warn } = options;
  const config = clientOf(access, { idle_in_transaction_session_timeout: 60_000 });
  return guarded(new pg.Pool({ ...config, max, stream: socketOfTheStore }), warn);
}

/** `pg_stat_activity.application_name` of an instance's sessions; Postgres keeps 63 characters. */
export function sessionsOf(executor: string): string {
  return `turnout ${executor}`;
}

function guarded(pool: pg.Pool, warn: (error: Error) => void = () => {}): pg.Pool {
  pool.on("error", warn);
  // The pool's own listener is off while a client is lent: a server that goes just then would end this process.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** The store waits while a connection is reset, and gives a run up where it can't be made in another way. */
function socketOfTheStore(): Socket {
  return new Socket().on("error", (error: NodeJS.ErrnoException) => {
    if (lostOnTheWay(error)) error.code = "ECONNRESET";
  });
}
