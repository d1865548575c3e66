import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Front, requestHeaders } from "./headers.ts";
import { chooseShare, type Forward } from "./rules.ts";
import type { Exchange } from "./target.ts";

/** Pipes an upgraded connection (a WebSocket) through to a target, bytes as they are. */
export function upgrade(
  action: Forward,
  client: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  front: Front,
): void {
  const { request, socket, head } = client;
  const { share } = chooseShare(action, request);
  const target = share?.group.choose();
  if (!share || !target) {
    socket.end(
      "HTTP/1.1 503 Service Unavailable\r\nServer: awselb/2.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    return;
  }
  share.group.counts.requests += 1;
  share.group.counts.upgrades += 1;
  const upstream: Socket = connect(target.port, target.address);
  const exchange: Exchange = {
    cut() {
      upstream.end();
      socket.end();
    },
  };
  target.begin(exchange);
  const over = (): void => {
    target.end(exchange);
    socket.destroy();
    upstream.destroy();
  };
  upstream.once("connect", () => {
    upstream.setNoDelay(true);
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    const headers = requestHeaders(request, front);
    for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
    lines.push("Connection: Upgrade", `Upgrade: ${request.headers.upgrade}`);
    upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
    if (head.length > 0) upstream.write(head);
    // The answer's own head passes as bytes: 101, or the target's refusal.
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.once("close", over).once("error", over);
  socket.once("close", over).once("error", over);
}
