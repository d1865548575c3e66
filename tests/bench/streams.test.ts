import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { WebSocketServer } from "ws";
import { keepOpen, openEvents, openSocket, type StreamCount, type Streams } from "../../bench/streams.ts";

describe("streams that a load keeps open", () => {
  let server: Server;
  let streams: Streams | undefined;
  let url: URL;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });

  afterEach(() => {
    streams?.close();
    server.closeAllConnections();
    server.close();
  });

  const until = async (holds: (count: StreamCount) => boolean): Promise<StreamCount> => {
    for (;;) {
      const count = streams?.count();
      if (count !== undefined && holds(count)) return count;
      await sleep(5);
    }
  };

  it("counts a stream that ends whole as clean, one that is cut off as broken, an error as refused", async () => {
    let n = 0;
    server.on("request", (_request, response) => {
      n += 1;
      if (n === 3) return response.writeHead(503).end();
      response.writeHead(200).write("event: tick\n\n");
      if (n === 1) response.end();
      if (n === 2) setTimeout(() => response.destroy(), 20);
    });
    streams = keepOpen(openEvents, url, 1);
    const count = await until(({ opened }) => opened === 3);
    expect(count).to.include({ open: 1, clean: 1, broken: 1, refused: 1 });
    expect(count.messages).to.be.at.least(2);
  });

  it("counts a WebSocket that is closed with a code as clean, one that just ends apart, one that is reset as broken", async () => {
    const sockets = new WebSocketServer({ noServer: true });
    let n = 0;
    server.on("upgrade", (request, socket: Duplex, head) =>
      sockets.handleUpgrade(request, socket, head, (client) => {
        n += 1;
        client.send("tick");
        if (n === 1) client.close(1001);
        if (n === 2) socket.end();
        if (n === 3) (socket as Socket).resetAndDestroy();
      }),
    );
    streams = keepOpen(openSocket, url, 1);
    const count = await until(({ opened, messages }) => opened === 4 && messages >= 2);
    expect(count).to.include({ open: 1, clean: 1, ended: 1, broken: 1, refused: 0 });
    for (const client of sockets.clients) client.terminate();
  });
});
