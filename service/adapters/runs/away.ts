import pRetry from "p-retry";

/**
 * SQLSTATE classes and codes of a server that goes, comes, can't be reached or is a copy that takes no writes yet, and
 * of a lock that nobody gave up in time: it is asked for again.
 */
const sqlStates = /^(08...|57P0[1-5]|53300|25006|55P03)$/;
const errnos = [
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "ETIMEDOUT", "EPIPE"],
  ...["ENOENT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
];
/** What the driver says where it has no code. */
const words =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|connection error|Query read timeout/;

/** True where the database could not be asked, and false where it was asked and said no. */
export function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isAway);
  if (!(error instanceof Error)) return false;
  const { code = "" } = error as NodeJS.ErrnoException;
  return sqlStates.test(code) || lostOnTheWay(error) || words.test(error.message);
}

/** True where the operating system could not reach the server, or lost it. */
export function lostOnTheWay({ code = "" }: NodeJS.ErrnoException): boolean {
  return errnos.includes(code);
}

/** Acts again and again while the database is away: a run does not fail because of it. */
export function patiently<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return pRetry(act, {
    retries: Infinity,
    minTimeout: 100,
    maxTimeout: 1000,
    shouldRetry: ({ error }) => isAway(error),
    ...(signal ? { signal } : {}),
  });
}
