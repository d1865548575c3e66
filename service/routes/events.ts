import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import type { ServerResponse } from "node:http";
import { Type } from "typebox";
import type { Deployment } from "../deployments/deployment.ts";
import type { House } from "../deployments/house.ts";
import { news } from "../deployments/news.ts";
import { UnknownDeployment } from "../errors/refusals.ts";
import { untilGone } from "./untilGone.ts";

/** Milliseconds after which a silent stream says that it is still there: proxies close silent ones. */
const heartbeat = 15_000;

/** A run as it happens, as server-sent events: `deployment`, then `step`, `weights`, `status`, and `end` as the last. */
export const eventRoutes: FastifyPluginCallbackTypebox<{ house: House }> = (app, { house }, done) => {
  const closing = new AbortController();
  app.addHook("preClose", (next) => {
    closing.abort();
    next();
  });
  app.get(
    "/deployments/:id/events",
    {
      schema: {
        tags: ["deployments"],
        summary: "One run as it happens: server-sent events `deployment`, `step`, `weights`, `status`, `end`",
        produces: ["text/event-stream"],
        params: Type.Object({ id: Type.String() }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const first = await house.runs.get(id);
      if (!first) throw new UnknownDeployment(id);
      reply.hijack();
      reply.raw.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      const signal = AbortSignal.any([untilGone(reply), closing.signal]);
      await tell(reply.raw, { house, first, signal }).catch((error: unknown) => request.log.warn(error));
      reply.raw.end();
    },
  );
  done();
};

async function tell(
  out: ServerResponse,
  what: { readonly house: House; readonly first: Deployment; readonly signal: AbortSignal },
): Promise<void> {
  const { house, first, signal } = what;
  const pulse = setInterval(() => out.write(": still here\n\n"), heartbeat);
  try {
    let before: Deployment | undefined;
    let now: Deployment | undefined = first;
    while (now && !signal.aborted) {
      for (const { event, data } of news(before, now)) {
        out.write(`id: ${now.revision}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      }
      if (now.finishedAt) return;
      before = now;
      now = await house.runs.get(first.id, { newerThan: before.revision, signal });
    }
  } finally {
    clearInterval(pulse);
  }
}
