import { randomUUID } from "node:crypto";
import { createDbosRuns } from "../../service/adapters/runs/dbosRuns.ts";
import { conduct } from "../../service/deployments/conduct.ts";
import { deploy, type DeploymentRequest } from "../../service/deployments/deploy.ts";
import { createOnce, idempotencyKey } from "../../service/deployments/idempotency.ts";
import { restIdle, warmIdle } from "../../service/deployments/idle.ts";
import { undo, type UndoRequest } from "../../service/deployments/undo.ts";
import type { plan } from "../../service/engines/engines.ts";
import type { Message, NewRun } from "../../service/ports/runs.ts";
import { remoteGround, type Asking, type Scene } from "./remoteGround.ts";
import { watched } from "./watched.ts";
import { isWrite, words } from "./words.ts";
import { fromThrown, toThrown, type Answer, type Command, type FromWorker, type ToWorker } from "./wire.ts";

/**
 * An instance of the service that can be killed: `worker.ts <database> [<module with a plan>]`. Its runs are real; all
 * that they touch lives in the process that forked it.
 */
const [url = "", planModule] = process.argv.slice(2);
const own = planModule ? ((await import(planModule)) as { plan: typeof plan }).plan : undefined;

const waiting = new Map<number, { readonly scene: Scene; readonly settle: (answer: Answer) => void }>();
let asked = 0;

const ask: Asking = async (scene, what) => {
  // As each try of a call in the SDK's clients does; Pulumi's process is not asked.
  if ("call" in what && what.call.port !== "stacks" && isWrite(words(what.call))) await runs.held();
  asked += 1;
  const number = asked;
  const { stack, run, step } = scene;
  const answer = await new Promise<Answer>((settle) => {
    waiting.set(number, { scene, settle });
    tell({ ask: number, stack, what, ...(run ? { run } : {}), ...(step ? { step } : {}) });
  });
  if (answer.thrown) throw fromThrown(answer.thrown);
  return answer.value;
};

// The store's clock stands still before all the stacks' own: what is due later never comes by itself.
const start = new Date("2026-03-01T12:00:00Z");
const quiet = () => {};
const runs = await createDbosRuns({
  access: { url, executor: randomUUID() },
  clock: { now: () => start, sleep: () => Promise.resolve() },
  logger: { info: quiet, debug: quiet, warn: quiet, error: (entry) => console.error(entry) },
  onLost: () => process.exit(75),
  conduct: async (run, journal) => {
    const scene: Scene = { stack: run.view.stack, run: journal.id, now: 0 };
    await ask(scene, { call: { port: "clock", method: "now", args: [] } });
    await conduct(run, watched(journal, scene, ask), remoteGround(scene, ask), own);
  },
});
await runs.begin();
const once = createOnce(runs);

process.on("message", (message: ToWorker) => {
  if ("command" in message) return void carryOut(message);
  const { scene, settle } = waiting.get(message.answer) ?? {};
  waiting.delete(message.answer);
  if (scene) scene.now = message.now;
  settle?.(message);
});
process.on("disconnect", () => process.exit(0));
tell({ ready: true });

async function carryOut(command: Command): Promise<void> {
  try {
    const value: unknown = await request(command);
    tell({ done: command.command, value });
  } catch (error) {
    tell({ done: command.command, thrown: toThrown(error) });
  }
}

async function request({ name, stack, args }: Command): Promise<unknown> {
  const scene: Scene = { stack, now: 0 };
  const house = { ground: remoteGround(scene, ask), runs };
  const { signal } = new AbortController();
  await ask(scene, { call: { port: "clock", method: "now", args: [] } });
  switch (name) {
    case "deploy": {
      const [wanted, value] = args as [DeploymentRequest, (string | null)?];
      if (!value) return deploy(house, wanted, { signal });
      const key = idempotencyKey(value, wanted);
      return once(key, () => deploy(house, wanted, { signal, key }));
    }
    case "undo":
      return undo(house, args[0] as UndoRequest, { signal });
    case "rest":
      return restIdle(house, stack, signal);
    case "warm":
      return warmIdle(house, stack, signal);
    case "start":
      return runs.start(args[0] as NewRun);
    case "send":
      return runs.send(args[0] as string, args[1] as Message);
  }
}

function tell(message: FromWorker): void {
  process.send?.(message);
}
