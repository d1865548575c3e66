import { setMaxListeners } from "node:events";

/** A signal that nobody aborts: for what is carried through whoever calls. */
export function never(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}
