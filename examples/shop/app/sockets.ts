import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Shop } from "./shop.ts";

/** The open WebSockets. */
export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every one with 1001 (going away). */
  end(): void;
}

const goingAway = 1001;

/** /ws: a tick every second, and every message comes back. */
export function openSockets({ release, colour }: Shop): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  let ended = false;
  const tick = JSON.stringify({ tick: true, release: release.name, colour });
  const timer = setInterval(() => {
    for (const client of server.clients) client.send(tick);
  }, 1000);
  timer.unref();

  server.on("headers", (headers) => headers.push(`x-release: ${release.name}`, `x-colour: ${colour}`));
  server.on("connection", (socket) => {
    socket.on("error", (error) => console.error(`WebSocket: ${error.message}`));
    socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
    if (ended) socket.close(goingAway, "the shop closes");
    else socket.send(tick);
  });

  return {
    upgrade: (request, socket, head) => {
      if (request.url?.split("?", 1)[0] !== "/ws")
        socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      else
        server.handleUpgrade(request, socket, head, (client) => server.emit("connection", client, request));
    },
    end: () => {
      ended = true;
      clearInterval(timer);
      for (const client of server.clients) client.close(goingAway, "the shop closes");
    },
  };
}
