import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, startPinned, type Core } from "./pinned.ts";
import { freePort, untilListening } from "./ports.ts";

/** A server of the bench, somewhere on this machine. */
export interface Part {
  readonly url: string;
  stop(): Promise<void>;
}

const defaults = `global
  nbthread 1
  maxconn 2000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
`;

/** HAProxy as the load balancer, doing what ours does: keep-alive on both sides, X-Forwarded-For, by weight. */
export async function startHaproxy(program: string, backend: URL): Promise<Part> {
  const configuration = (port: number) => `${defaults}  option forwardfor
  http-reuse always
frontend shop
  bind 127.0.0.1:${port}
  default_backend blue
backend blue
  server one ${backend.host} weight 100
`;
  return start(program, configuration, 0);
}

/** HAProxy as the backend: an answer from memory, cheap enough not to be what is measured. */
export async function startHaproxyBackend(program: string, body: string): Promise<Part> {
  const configuration = (port: number) => `${defaults}frontend backend
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain string "${body}"
`;
  return start(program, configuration, 1);
}

async function start(program: string, configuration: (port: number) => string, core: Core): Promise<Part> {
  const folder = await mkdtemp(join(tmpdir(), "bench-haproxy-"));
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  await writeFile(file, configuration(port));
  const child = startPinned(core, [program, "-db", "-f", file]);
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, stop };
}
