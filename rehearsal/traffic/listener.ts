import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { forward, type Forwarding } from "./forward.ts";
import { answer } from "./ownAnswer.ts";
import type { Rule, RuleTable } from "./rules.ts";
import { upgrade } from "./upgrade.ts";

export interface ListenerPlace {
  readonly address: string;
  readonly port: number;
  /** Milliseconds, read anew for each request. */
  readonly idleTimeout: () => number;
}

/** An open port that sends each request where its rules say. */
export class Listener {
  /** Replaced as a whole: no request sees half of a change. */
  rules: RuleTable = [];
  readonly #server: Server;
  readonly #front: Forwarding;

  private constructor({ port, idleTimeout }: ListenerPlace) {
    this.#front = { scheme: "http", port, idleTimeout };
    this.#server = createServer({ keepAliveTimeout: idleTimeout() + 1000, requestTimeout: 0 });
    this.#server.on("request", (request, response) => this.#answer(request, response));
    this.#server.on("upgrade", (request, socket, head) => {
      const action = this.#find(request)?.action;
      if (action?.kind === "forward") upgrade(action, { request, socket, head }, this.#front);
      else socket.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  }

  /** @throws the system's error when the port can't be bound */
  static async open(place: ListenerPlace): Promise<Listener> {
    const listener = new Listener(place);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once("error", reject);
      listener.#server.listen({ host: place.address, port: place.port, backlog: 1024 }, resolve);
    });
    return listener;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #find(request: IncomingMessage): Rule | undefined {
    return this.rules.find(({ matches }) => matches(request));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const action = this.#find(request)?.action;
    if (!action) return answer(response, { status: 503, contentType: "text/plain", body: "" });
    switch (action.kind) {
      case "forward":
        return forward(action, request, response, this.#front);
      case "fixed":
        return answer(response, action);
      case "redirect":
        return answer(response, {
          ...{ status: action.status, contentType: "text/html", body: "" },
          headers: { Location: action.location(request) },
        });
    }
  }
}
