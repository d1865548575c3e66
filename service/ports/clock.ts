/** Time, injected so that tests can move it. */
export interface Clock {
  now(): Date;
  /** Milliseconds. Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
