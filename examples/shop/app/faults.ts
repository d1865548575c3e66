import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Faults } from "../releases.ts";

/** More than the smoke questions that one task is asked, fewer than customers ask in a second. */
const customersCame = 25;

/** What a bad release does. The health check sees none of it: that is why it is not enough. */
export function addFaults(app: FastifyInstance, { errorOn, slowBy, crashAfter }: Faults): void {
  let requests = 0;
  app.addHook("onRequest", async ({ url }) => {
    if (url === "/healthz") return;
    requests += 1;
    if (crashAfter !== undefined && requests === customersCame) crashIn(crashAfter);
    if (slowBy !== undefined) await sleep(slowBy);
    if (errorOn !== undefined && url.startsWith(errorOn)) throw new Error(`no template for ${url}`);
  });
}

function crashIn(seconds: number): void {
  setTimeout(() => {
    console.error(`fatal: cache of sessions is full after ${seconds} s of traffic`);
    process.exit(1);
  }, seconds * 1000);
}
