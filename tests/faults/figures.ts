import type { LoadReport } from "../../bench/load.ts";
import type { Tally } from "./faultyAws.ts";
import type { Ended } from "./lane.ts";
import { isWrite } from "./proxy.ts";

/** Several AWSs' days as one. */
export function total(tallies: readonly Tally[]): Tally {
  const sum = (name: keyof Omit<Tally, "lostOperations">) =>
    tallies.reduce((sofar, tally) => sofar + tally[name], 0);
  const lostOperations = new Map<string, number>();
  for (const [operation, times] of tallies.flatMap((tally) => [...tally.lostOperations]))
    lostOperations.set(operation, (lostOperations.get(operation) ?? 0) + times);
  return {
    ...{ requests: sum("requests"), passed: sum("passed"), throttled: sum("throttled") },
    ...{ broken: sum("broken"), lost: sum("lost"), lostOperations },
  };
}

export function say(day: {
  readonly seed: number;
  readonly all: readonly Ended[];
  readonly tally: Tally;
  readonly customers: readonly LoadReport[];
}): void {
  const { seed, all, tally, customers } = day;
  const count = (matches: (ended: Ended) => boolean) => all.filter(matches).length;
  const seconds = all.map((ended) => ended.seconds).sort((a, b) => a - b);
  const writes = [...tally.lostOperations].filter(([name]) => isWrite(name));
  const asked = customers.reduce((sum, { requests }) => sum + requests, 0);
  const failed = customers.reduce((sum, report) => sum + report.failed, 0);
  for (const line of [
    `seed ${seed}: ${all.length} deployments in ${customers.length} houses`,
    `succeeded ${count(({ run }) => run.status === "succeeded")}, undone ${count(({ undo }) => undo !== undefined)} of them`,
    `rolled back ${count(({ run }) => run.status === "rolled-back")}, bad releases ${count(({ turn }) => !turn.good)} of them`,
    `a deployment: median ${seconds[seconds.length >> 1]?.toFixed(1)} s, longest ${seconds.at(-1)?.toFixed(1)} s`,
    `requests to AWS ${tally.requests}: throttled ${tally.throttled}, 5xx ${tally.broken}, answers lost ${tally.lost}`,
    `lost answers of writes: ${writes.map(([name, times]) => `${name} ${times}`).join(", ") || "none"}`,
    `customers' requests ${asked}, failed ${failed}`,
  ])
    console.log(`      ${line}`);
}
