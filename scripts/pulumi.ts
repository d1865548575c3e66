import { spawn } from "node:child_process";
import { join } from "node:path";
import { readConnection } from "./connection.ts";
import { pulumiCli } from "./pulumiCli.ts";
import { pulumiEnvironment, stack } from "./pulumiEnvironment.ts";

// `npm run pulumi -- up`: the plain CLI on the checkout's program, with the running rehearsal's environment.
try {
  const connection = readConnection();
  const cli = await pulumiCli((sentence) => console.error(sentence));
  const folder = join(connection.folder, "pulumi");
  const child = spawn(cli, process.argv.slice(2), {
    cwd: join(import.meta.dirname, ".."),
    env: { ...pulumiEnvironment(connection, { folder, cli, base: process.env }), PULUMI_STACK: stack },
    stdio: "inherit",
  });
  // The terminal sends them to the CLI as well; it decides.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
