import { once } from "node:events";
import { Command } from "commander";
import { commandBegan } from "./commandBegan.ts";
import { claim, houseFolder, release, writeConnection } from "./connection.ts";
import { deployDemo } from "./demo.ts";
import { openHouse } from "./house.ts";
import { pulumiCli } from "./pulumiCli.ts";
import { createScreen } from "./screen.ts";
import { portNumber, refuseUnusablePort } from "./servicePort.ts";
import { stopRequested } from "./stopping.ts";

const { demo, port } = new Command("start")
  .description("AWS on this machine with the shop live on it, the service, and one deployment under load.")
  .option("--no-demo", "bring it up, deploy nothing")
  .option("--port <number>", "of the service; default: any free one", portNumber, 0)
  .parse()
  .opts<{ demo: boolean; port: number }>();

const signal = stopRequested();
const screen = createScreen(process.stdout);
try {
  claim(houseFolder);
  await run();
} catch (error) {
  if (!signal.aborted) {
    screen.end();
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
// A pipe that stays open somewhere must not keep us.
process.exit();

async function run(): Promise<void> {
  try {
    await refuseUnusablePort(port);
    const cli = await pulumiCli(screen.say, signal);
    const house = await openHouse({ folder: houseFolder, cli, port, say: screen.say, signal });
    try {
      await house.push("1.1");
      writeConnection(house.connection);
      screen.up(house.connection);
      if (demo) await deployDemo(house.connection, { screen, signal, began: commandBegan() });
      screen.tips(house.connection);
      const broken = await Promise.race([house.broken, once(signal, "abort").then(() => undefined)]);
      if (broken !== undefined) throw new Error(broken);
    } finally {
      screen.end();
      if (signal.aborted) console.log("stopping");
      await house.close();
    }
  } finally {
    release(houseFolder);
  }
}
