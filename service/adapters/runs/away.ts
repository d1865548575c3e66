import pRetry from "p-retry";

/** SQLSTATE classes and codes of a server that goes, comes or can't be reached. */
const sqlStates = /^(08...|57P0[1-5]|53300)$/;
const errnos = ["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENOTFOUND"];
/** What the driver says where it has no code. */
const words =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|connection error|Query read timeout/;

/** True where the database could not be asked, and false where it was asked and said no. */
export function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isAway);
  if (!(error instanceof Error)) return false;
  const { code = "" } = error as NodeJS.ErrnoException;
  return sqlStates.test(code) || errnos.includes(code) || words.test(error.message);
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
