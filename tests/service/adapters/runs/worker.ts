import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createDbosRuns } from "../../../../service/adapters/runs/dbosRuns.ts";
import { systemClock } from "../../../../service/adapters/systemClock.ts";
import { newRun } from "./newRun.ts";

/**
 * A process that can be killed: `worker.ts <database> <effects> <gate> [<id>] [<begin>]`. Its run notes each effect in a
 * file; the second of three steps waits for the gate to exist. With <begin> it says `made`, and begins when
 * that file exists; then it says `begun`.
 */
const [url = "", effects = "", gate = "", id, begin] = process.argv.slice(2);
const runs = await createDbosRuns({
  access: { url, executor: randomUUID() },
  onLost: () => process.exit(75),
  clock: systemClock,
  logger: { info: () => {}, debug: () => {}, warn: () => {}, error: console.error },
  conduct: async (run, journal) => {
    if (!(await journal.take("forward"))) return;
    await journal.report({ ...run.view, status: "running" });
    for (const step of ["first", "second", "third"]) {
      await journal.once(step, async () => {
        appendFileSync(effects, `${step}\n`);
        while (step === "second" && !existsSync(gate)) await sleep(10);
        return step;
      });
    }
    await journal.report({ ...run.view, status: "succeeded", finishedAt: new Date().toISOString() });
  },
});
if (begin) {
  process.stdout.write("made\n");
  while (!existsSync(begin)) await sleep(10);
}
await runs.begin();
if (id) await runs.start(newRun(id));
process.stdout.write("begun\n");
