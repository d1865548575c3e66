import { fastify } from "fastify";
import type { Listener } from "../front/front.ts";
import { addApi } from "./api.ts";
import { addCheckout } from "./checkout.ts";
import { addEvents } from "./events.ts";
import { addFaults } from "./faults.ts";
import { addPages } from "./pages.ts";
import type { Shop } from "./shop.ts";
import { openSockets } from "./sockets.ts";

export interface App extends Listener {
  /** Ends the streams and WebSockets; requests go on. */
  endStreams(): void;
}

/** The whole shop, without a port of its own: a front leads requests to it. */
export async function createApp(shop: Shop): Promise<App> {
  const app = fastify({ bodyLimit: 64 * 1024, routerOptions: { ignoreTrailingSlash: true } });
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) console.error(`${request.method} ${request.url}: ${error.message}`);
    return reply.code(status).send({ status, title: status >= 500 ? "The shop failed" : error.message });
  });

  addFaults(app, shop.release.faults);
  // Says that the process answers, nothing more. It does not ask the database: when that has a bad minute,
  // every task would be called unhealthy at once and replaced, which mends nothing and adds an outage.
  app.get("/healthz", () => ({ ok: true }));
  // The whole way down, for smoke questions.
  app.get("/readyz", async () => {
    await shop.database.ping();
    return { ok: true };
  });
  addPages(app, shop);
  addApi(app, shop);
  addCheckout(app, shop);
  const events = addEvents(app, shop);
  const sockets = openSockets(shop);
  await app.ready();

  return {
    request: (request, response) => app.routing(request, response),
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    endStreams: () => {
      events.end();
      sockets.end();
    },
  };
}
