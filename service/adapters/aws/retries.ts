import type { ECSClientConfig } from "@aws-sdk/client-ecs";

/** What the SDK asks between two tries of one call. */
type RetryStrategy = Extract<
  NonNullable<ECSClientConfig["retryStrategy"]>,
  { acquireInitialRetryToken: unknown }
>;

/** One call and its tries so far. */
type Tried = Awaited<ReturnType<RetryStrategy["acquireInitialRetryToken"]>> & {
  /** Epoch ms of the first one. */
  readonly since: number;
};

/** Milliseconds after which a call is not tried again: an AWS that is away for less costs no deployment. */
const within = 60_000;

/**
 * Milliseconds: the longest first pause, doubled from try to try up to the longest one of all. Where a connection broke
 * there is nothing to wait for; where AWS throttles, its buckets fill up within a second.
 */
const first = { THROTTLING: 200, TRANSIENT: 50 } as const;
const longest = 4000;

/**
 * Tries a call again that was throttled, lost or answered 5xx, each on its own: every write is absolute or bears a
 * token, so it may be done twice.
 *
 * Not the SDK's own modes. Both share a budget between the calls of a client, made for thousands of clients: where 40 %
 * of the requests fail, standard has used up its 500 tokens after some 400 calls and then tries nothing again; adaptive
 * comes down to a request in 2 s, in a queue in which an undo's write stands behind the questions about health.
 */
export const retryStrategy = {
  acquireInitialRetryToken: () => Promise.resolve(tried(0, { since: Date.now(), pause: 0 })),
  refreshRetryTokenForRetry: (token: Tried, { errorType, retryAfterHint }) => {
    const passes = errorType === "THROTTLING" || errorType === "TRANSIENT";
    const { since } = token;
    const count = token.getRetryCount();
    const now = Date.now();
    // The SDK then throws the call's own error, not this one.
    if (!passes || now - since > within) return Promise.reject(new Error("not tried again"));
    // Anything up to the longest, so that what was refused together does not come back together.
    const drawn = Math.random() * Math.min(longest, first[errorType] * 2 ** count);
    const asked = Math.min(longest, (retryAfterHint?.getTime() ?? 0) - now);
    return Promise.resolve(tried(count + 1, { since, pause: Math.max(drawn, asked) }));
  },
  recordSuccess: () => {},
} satisfies RetryStrategy;

/** The SDK waits out the pause itself, and not when the call's signal is aborted. */
function tried(count: number, call: { readonly since: number; readonly pause: number }): Tried {
  return { since: call.since, getRetryCount: () => count, getRetryDelay: () => call.pause };
}
