import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createApp } from "./app/app.ts";
import { openDatabase } from "./app/database.ts";
import type { Front, FrontOptions } from "./front/front.ts";
import { findNginx, NginxError, startNginx } from "./front/nginx.ts";
import { startOwnFront } from "./front/ownFront.ts";
import { readSettings, type Settings } from "./settings.ts";
import { shutDown } from "./shutdown.ts";
import { watchTraffic } from "./traffic.ts";

// The shop's process. The image's folder is where this file lies once it is bundled.
const image = import.meta.dirname;
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());

try {
  const settings = await readSettings(process.env, image);
  await sleep(settings.bootSeconds * 1000, undefined, { signal: stop.signal }).catch(() => {});
  if (!stop.signal.aborted) await serve(settings);
} catch (error) {
  // nginx has said it itself, and its line is the last one of the log.
  if (!(error instanceof NginxError)) console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
process.exit(0);

/** Serves until SIGTERM or SIGINT; throws when it can't start or its front ends. */
async function serve(settings: Settings): Promise<void> {
  const { release, colour, host, port } = settings;
  const database = openDatabase(settings.databaseUrl, release.name);
  const app = await createApp({ release, colour, database, paymentTime: settings.paymentTime });
  const traffic = watchTraffic(app, { "x-release": release.name, "x-colour": colour });
  const file = join(image, "nginx.conf");
  const front = await startFront(settings, {
    file,
    host,
    port,
    release: release.name,
    colour,
    listener: traffic,
  });
  console.log(`shop ${release.name} (${colour}) on ${host}:${port}, front: ${front.name}`);

  const stopped = new Promise<undefined>((resolve) => {
    if (stop.signal.aborted) resolve(undefined);
    stop.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const died = await Promise.race([stopped, front.died]);
  if (died !== undefined) throw new Error(died);
  const cut = await shutDown({ app, front, traffic });
  await database.close();
  console.log(cut === 0 ? "closed: every request was answered" : `closed: ${cut} requests were cut off`);
}

async function startFront(settings: Settings, options: FrontOptions): Promise<Front> {
  const nginx = settings.front === "own" ? undefined : findNginx(process.env["PATH"] ?? "");
  if (nginx !== undefined) return startNginx(nginx, options);
  if (settings.front === "nginx")
    throw new Error("SHOP_FRONT is nginx, but no nginx is on PATH: install it, or give auto or own");
  return startOwnFront(options);
}
