import type { ECSClientConfig } from "@aws-sdk/client-ecs";

/** What the SDK asks between two tries of one call. */
type RetryStrategy = Extract<
  NonNullable<ECSClientConfig["retryStrategy"]>,
  { acquireInitialRetryToken: unknown }
>;
type Token = Awaited<ReturnType<RetryStrategy["acquireInitialRetryToken"]>>;

/** With the pauses below: about 40 s of an AWS that refuses everything. Of a hundred million calls to one that refuses 40 %, one fails. */
const tries = 20;

/** Milliseconds: the longest first pause, doubled from try to try up to the longest one of all. */
const first = 200;
const longest = 5000;

/**
 * Tries a call again that was throttled, lost or answered 5xx, each on its own: every write is absolute or bears a
 * token, so it may be done twice.
 *
 * Not the SDK's own modes. Both share a budget between the calls of a client, made for thousands of clients: where 40 %
 * of the requests fail, standard has used up its 500 tokens after some 400 calls and then tries nothing again; adaptive
 * comes down to a request in 2 s, in a queue in which an undo's write stands behind the questions about health.
 */
export const retryStrategy: RetryStrategy = {
  acquireInitialRetryToken: () => Promise.resolve(after(0)),
  refreshRetryTokenForRetry: (token, { errorType, retryAfterHint }) => {
    const retries = token.getRetryCount() + 1;
    const passes = errorType === "THROTTLING" || errorType === "TRANSIENT";
    // The SDK then throws the call's own error, not this one.
    if (!passes || retries >= tries) return Promise.reject(new Error("not tried again"));
    return Promise.resolve(after(retries, retryAfterHint));
  },
  recordSuccess: () => {},
};

/** The pause is anything up to its longest, so that what was refused together does not come back together. */
function after(retries: number, hint?: Date): Token {
  const most = Math.min(longest, first * 2 ** (retries - 1));
  const asked = hint ? Math.min(longest, hint.getTime() - Date.now()) : 0;
  const pause = retries === 0 ? 0 : Math.max(Math.random() * most, asked);
  return { getRetryCount: () => retries, getRetryDelay: () => pause };
}
