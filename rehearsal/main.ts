import { once } from "node:events";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { claimNetwork } from "./api/claimNetwork.ts";
import { readAllShapes } from "./api/dispatch.ts";
import { answerFor, awsServer } from "./api/server.ts";
import { createCloud } from "./cloud/everything.ts";
import { serveProviders } from "./provider/server.ts";
import { wipe } from "./wipe.ts";

const { folder, speed } = new Command("rehearsal")
  .description(
    "AWS on this machine: tells where it listens in one line of JSON, and ends with its standard input.",
  )
  .requiredOption("--folder <folder>", "where it keeps images and tasks' files; wiped at the start")
  .option("--speed <number>", "divides AWS's own delays; 1 is real intervals", positive, 1)
  .parse()
  .opts<{ folder: string; speed: number }>();

await wipe(resolve(folder));
const server = awsServer();
const network = await claimNetwork(server);
const cloud = createCloud({ folder: resolve(folder), speed, network });
answerFor(server, cloud);
const providers = await serveProviders(cloud);

let stopping: Promise<void> | undefined;
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void (stopping ??= stop()));
// Whoever started this is gone when its end of the pipe is.
process.stdin.on("end", () => void (stopping ??= stop())).resume();

const { aws, awsx } = providers;
const awsEndpoint = `http://${network}.1:4566`;
process.stdout.write(`${JSON.stringify({ awsEndpoint, providers: { aws, awsx }, network })}\n`);
await readAllShapes(cloud);

async function stop(): Promise<void> {
  try {
    await providers.close();
    await cloud.close();
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
    process.exit(0);
  } catch (error) {
    console.error("the rehearsal did not stop as it should:", error);
    process.exit(1);
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("It is a number above 0.");
  return number;
}
