import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Starts moto, an emulator of AWS that others wrote; undefined where it is not installed. */
export async function startMoto(): Promise<
  { readonly endpoint: string; readonly stop: () => void } | undefined
> {
  const port = await freePort();
  const moto = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const gone = new AbortController();
  moto.once("error", () => gone.abort());
  moto.once("exit", () => gone.abort());
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = AbortSignal.timeout(20_000);
  while (!gone.signal.aborted && !deadline.aborted) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      () => true,
      () => false,
    );
    if (answers) return { endpoint, stop: () => void moto.kill() };
    await sleep(100);
  }
  moto.kill();
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
