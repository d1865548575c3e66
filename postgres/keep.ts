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
  const first = await startPostgres({ folder });
  let server = Promise.resolve(first);
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
      await (
        await server
      ).ended;
      if (stopping.signal.aborted) return;
      warn(`Postgres on ${folder} ended by itself; it is started again.`);
      server = again();
    }
  };
  // It ends with an error only when it is stopped in the middle of a start that fails.
  const kept = keep().catch(() => {});
  return {
    url: first.url,
    stop: async () => {
      stopping.abort();
      const last = await server.catch(() => undefined);
      await last?.stop();
      await kept;
    },
  };
}
