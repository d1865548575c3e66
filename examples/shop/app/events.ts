import type { FastifyInstance } from "fastify";
import type { Shop } from "./shop.ts";

/** The open server-sent streams. */
export interface Events {
  /** Tells every reader that the shop closes, and ends the answer as HTTP wants it. New ones end at once. */
  end(): void;
}

/** GET /events: a `tick` every second, `bye` before the shop closes. */
export function addEvents(app: FastifyInstance, { release, colour }: Shop): Events {
  const readers = new Set<(event: "tick" | "bye") => void>();
  let ended = false;
  let ticks = 0;

  app.get("/events", (_request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const send = (event: "tick" | "bye") => {
      raw.write(`event: ${event}\ndata: ${JSON.stringify({ release: release.name, colour, ticks })}\n\n`);
      if (event === "bye") raw.end();
    };
    raw.write("retry: 500\n\n");
    send(ended ? "bye" : "tick");
    if (ended) return;
    readers.add(send);
    raw.once("close", () => readers.delete(send));
  });

  const timer = setInterval(() => {
    ticks += 1;
    for (const send of readers) send("tick");
  }, 1000);
  timer.unref();

  return {
    end: () => {
      ended = true;
      clearInterval(timer);
      for (const send of readers) send("bye");
    },
  };
}
