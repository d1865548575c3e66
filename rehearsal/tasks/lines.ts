import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A line of output; `timestamp` is when it came, in milliseconds since 1970. */
export interface Line {
  readonly timestamp: number;
  readonly message: string;
}

/** Lines of output that are handed on together; more than these come in several parts. */
const atOnce = 200;

/**
 * Hands on a process's lines as they come, those of one moment together. Resolves when the stream has ended and every
 * line is handed on.
 */
export async function lines(stream: Readable, take: (lines: readonly Line[]) => void): Promise<void> {
  let waiting: Line[] = [];
  const flush = () => {
    const some = waiting;
    waiting = [];
    if (some.length > 0) take(some);
  };
  const reader = createInterface({ input: stream, crlfDelay: Infinity });
  reader.on("line", (message) => {
    if (waiting.length === 0) setImmediate(flush);
    waiting.push({ timestamp: Date.now(), message });
    if (waiting.length >= atOnce) flush();
  });
  await new Promise<void>((resolve) => {
    reader.once("close", resolve);
    // What a killed process leaves of a pipe is no failure of the rehearsal.
    stream.once("error", () => resolve());
  });
  flush();
}
