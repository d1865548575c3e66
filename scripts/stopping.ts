/** Milliseconds in which repeated signals are one: npm and the terminal both send ^C. */
const sameSignal = 1000;

/** Milliseconds between looks whether npm is still there. */
const parentEvery = 500;

/**
 * Aborts when this process is to end: ^C, SIGTERM, or npm gone, however it went. A signal that comes when the first one
 * is a second old ends the process at once.
 */
export function stopRequested(): AbortSignal {
  const stopping = new AbortController();
  let first: number | undefined;
  const stop = () => {
    first ??= Date.now();
    if (Date.now() - first > sameSignal) process.exit(1);
    stopping.abort(new Stopped());
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  if (process.env["npm_lifecycle_event"] !== undefined) {
    const npm = process.ppid;
    setInterval(() => {
      if (process.ppid !== npm) stopping.abort(new Stopped());
    }, parentEvery).unref();
  }
  return stopping.signal;
}

/** Somebody stopped it: no error to tell of. */
class Stopped extends Error {
  constructor() {
    super("stopped");
    this.name = "Stopped";
  }
}
