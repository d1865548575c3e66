import { randomUUID } from "node:crypto";
import { fstatSync } from "node:fs";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { keepPostgres } from "../postgres/keep.ts";
import { createAws } from "./adapters/aws/cloud.ts";
import { createPulumiStacks } from "./adapters/pulumi/stacks.ts";
import { createDbosRuns, type DbosRuns } from "./adapters/runs/dbosRuns.ts";
import { createUpdates } from "./adapters/runs/updates.ts";
import { systemClock as clock } from "./adapters/systemClock.ts";
import { buildApp } from "./app.ts";
import { conduct } from "./deployments/conduct.ts";
import type { Ground } from "./ports/ground.ts";
import { listenError, refuseTakenPort } from "./portTaken.ts";
import { readSettings, type Settings } from "./settings.ts";

/** The service's process. Standard output has one line, where it listens; the log goes to standard error. */
const logger = pino({ level: process.env["LOG_LEVEL"] ?? "info" }, pino.destination(2));

try {
  await serve(readSettings(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function serve(settings: Settings): Promise<void> {
  const { databaseUrl, folder, historyDays, host, port, pulumi, tokens } = settings;
  await refuseTakenPort({ host, port });
  const postgres = databaseUrl
    ? undefined
    : await keepPostgres({ folder: join(folder, "postgres"), warn: (why) => logger.warn(why) });
  const url = databaseUrl ?? postgres?.url ?? "";
  const access = { url, executor: randomUUID() };
  const updates = createUpdates(access);
  const stacks = createPulumiStacks({ folder: join(folder, "pulumi"), environment: pulumi, updates });
  const ground: Ground = { stacks, cloud: createAws(() => runs.held()), clock };
  const runs: DbosRuns = await createDbosRuns({
    access,
    conduct: (run, journal) => conduct(run, journal, ground),
    clock,
    logger: logger.child({ part: "runs" }),
    historyDays,
    // Whatever it still does, somebody else does too. Who started it starts it again, under a new name.
    onLost: (why) => {
      logger.fatal(`This process ends: ${why}. Its runs go on in the next one.`);
      process.exit(75);
    },
  });
  // Only now: what runs asks whether it may write.
  await runs.begin();
  const app = await buildApp({ house: { ground, runs }, tokens, logger });
  // Runs are not waited for: the next process takes them up where they are.
  const stop = async () => {
    await app.close().catch(() => {});
    stacks.close();
    await postgres?.stop();
    process.exit(0);
  };
  stopOn(() => void stop());
  try {
    await app.listen({ host, port });
  } catch (error) {
    await postgres?.stop();
    throw listenError(error, { host, port });
  }
  const bound = (app.server.address() as AddressInfo).port;
  process.stdout.write(`${JSON.stringify({ service: `http://${host}:${bound}` })}\n`);
}

/** SIGTERM, SIGINT, and the end of a pipe at standard input: whoever started the service is gone then. */
function stopOn(stop: () => void): void {
  let stopping = false;
  const once = () => {
    if (!stopping) stop();
    stopping = true;
  };
  process.on("SIGTERM", once).on("SIGINT", once);
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) process.stdin.on("end", once).on("error", once).resume();
}
