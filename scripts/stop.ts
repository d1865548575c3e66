import { setTimeout as sleep } from "node:timers/promises";
import { holder } from "./connection.ts";

/** Milliseconds that a rehearsal has to end all that it started. */
const within = 60_000;

const pid = holder();
if (pid === undefined) console.log("No rehearsal is running here.");
else {
  process.kill(pid, "SIGTERM");
  const until = Date.now() + within;
  while (holder() === pid && Date.now() < until) await sleep(50);
  if (holder() === pid) {
    console.error(`Process ${pid} has not ended within ${within / 1000} s. To end it now: kill -9 ${pid}`);
    process.exitCode = 1;
  }
}
