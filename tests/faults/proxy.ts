import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Agent, request as send, type Dispatcher } from "undici";

/** A request to AWS on its way. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  /** AWS's own word: ModifyRule. */
  readonly operation: string;
  /** Has AWS carry it out, and answers what it said. */
  readonly passOn: () => Promise<Said>;
}

export interface Said {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData["headers"];
  readonly bytes: Buffer;
}

/** Something between a client and AWS: each request is answered by `answer`. */
export async function startProxy(
  endpoint: string,
  answer: (asked: Asked, response: ServerResponse) => Promise<void>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const upstream = new Agent();
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await upstream.destroy();
    },
  };

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const passOn = () => carryOut(request, body);
    await answer({ request, body, operation: operationOf(request, body), passOn }, response);
  }

  async function carryOut({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Said> {
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ownToEachHop.has(name)));
    const answered = await send(`${endpoint}${url ?? "/"}`, {
      method: method as Dispatcher.HttpMethod,
      headers: kept,
      body,
      dispatcher: upstream,
    });
    const bytes = Buffer.from(await answered.body.arrayBuffer());
    return { status: answered.statusCode, headers: answered.headers, bytes };
  }
}

/** Whether it changes something at AWS. */
export function isWrite(operation: string): boolean {
  return !/^(Describe|List|Get|BatchGet|Filter)/.test(operation);
}

/** Headers of a connection, not of a request. */
const ownToEachHop: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"]);

function operationOf({ headers }: IncomingMessage, body: Buffer): string {
  const target = String(headers["x-amz-target"] ?? "");
  return target
    ? target.slice(target.indexOf(".") + 1)
    : (new URLSearchParams(body.toString()).get("Action") ?? "unknown");
}
