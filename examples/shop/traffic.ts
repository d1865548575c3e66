import type { ServerResponse } from "node:http";
import type { Listener } from "./front/front.ts";

/** Requests and WebSockets in flight. */
export interface Traffic extends Listener {
  /** From now on every answer ends its connection. */
  startClosing(): void;
  inFlight(): number;
  /** Milliseconds since the last request began or ended, 0 while one is in flight. Health checks do not count. */
  quietFor(): number;
}

/** Counts what goes to the shop, and names release and colour in every answer. */
export function watchTraffic(shop: Listener, headers: Readonly<Record<string, string>>): Traffic {
  const answers = new Set<ServerResponse>();
  let sockets = 0;
  let busy = 0;
  let lastChange = performance.now();
  let closing = false;

  return {
    request: (request, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (closing) response.setHeader("connection", "close");
      const counts = request.url !== "/healthz";
      answers.add(response);
      if (counts) {
        busy += 1;
        lastChange = performance.now();
      }
      response.once("close", () => {
        answers.delete(response);
        if (!counts) return;
        busy -= 1;
        lastChange = performance.now();
      });
      shop.request(request, response);
    },
    upgrade: (request, socket, head) => {
      sockets += 1;
      socket.once("close", () => {
        sockets -= 1;
        lastChange = performance.now();
      });
      shop.upgrade(request, socket, head);
    },
    startClosing: () => {
      closing = true;
      for (const answer of answers) if (!answer.headersSent) answer.setHeader("connection", "close");
    },
    inFlight: () => answers.size + sockets,
    quietFor: () => (busy + sockets > 0 ? 0 : performance.now() - lastChange),
  };
}
