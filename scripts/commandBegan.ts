import { startOf } from "./processStart.ts";

/** Milliseconds of a clock tick in /proc: 100 a second wherever Node runs on Linux. */
const tick = 10;

/**
 * When the command began that a person typed, epoch ms: npm's own start where npm runs this process, so that the check
 * of the dependencies counts too; otherwise, and without /proc, the start of this process.
 */
export function commandBegan(): number {
  const own = performance.timeOrigin;
  if (process.env["npm_lifecycle_event"] !== "start") return own;
  const before = (Number(startOf(process.pid)) - Number(startOf(process.ppid))) * tick;
  return before >= 0 ? own - before : own;
}
