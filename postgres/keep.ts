import pRetry from "p-retry";
import { startPostgres } from "./postgres.ts";

/** A Postgres that is there again after whatever happens to its processes. */
export interface KeptPostgres {
  /** The same after each start. */
  readonly url: string;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/**
 * As startPostgres, and starts it again whenever it ends without being asked to: what it had committed is there.
 *
 * @param options.warn told each time that it ended, and each time that it could not be started
 */
export async function keepPostgres(options: {
  readonly folder: string;
  readonly warn: (why: string) => void;
}): Promise<KeptPostgres> {
  const { folder, warn } = options;
  const stopping = new AbortController();
  let server = await startPostgres({ folder });
  const { url } = server;
  const again = () =>
    pRetry(() => startPostgres({ folder }), {
      retries: Infinity,
      minTimeout: 200,
      maxTimeout: 2000,
      shouldRetry: () => !stopping.signal.aborted,
      onFailedAttempt: ({ error }) => warn(error.message),
    });
  const keep = async () => {
    for (;;) {
      await server.ended;
      if (stopping.signal.aborted) return;
      warn(`Postgres on ${folder} ended by itself; it is started again.`);
      server = await again();
      // Asked to stop while it started: nobody else would.
      if (stopping.signal.aborted) return server.stop();
    }
  };
  const kept = keep().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    url,
    stop: async () => {
      stopping.abort();
      await server.stop();
      await kept;
    },
  };
}
