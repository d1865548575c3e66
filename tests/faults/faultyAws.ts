import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Agent, request as send, type Dispatcher } from "undici";
import { broken, throttled, type Refusal } from "./refusals.ts";

export const kindsOfFault = ["throttled", "broken", "lost"] as const;

/** Shares of all requests, 0 to 1. */
export interface Faults {
  /** Refused for their rate, not carried out. */
  readonly throttled: number;
  /** Answered 500 or 503, not carried out. */
  readonly broken: number;
  /** Carried out, but the answer never comes: half the connections are cut, half just stay silent. */
  readonly lost: number;
}

/** Requests so far, and what became of them. */
export type Tally = Record<"requests" | "passed" | "throttled" | "broken" | "lost", number> & {
  /** What was lost, by operation: those that write are the ones that a client may do twice. */
  readonly lostOperations: Map<string, number>;
};

export interface FaultyAws {
  readonly url: string;
  readonly tally: Tally;
  close(): Promise<void>;
}

/** AWS as it is on a bad day: passes requests on to `endpoint`, and by chance does worse. */
export async function startFaultyAws(
  endpoint: string,
  { faults, random }: { readonly faults: Faults; readonly random: () => number },
): Promise<FaultyAws> {
  const upstream = new Agent();
  const tally: Tally = {
    ...{ requests: 0, passed: 0, throttled: 0, broken: 0, lost: 0 },
    lostOperations: new Map(),
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tally,
    async close() {
      server.close();
      server.closeAllConnections();
      await upstream.destroy();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const contentType = request.headers["content-type"] ?? "";
    tally.requests += 1;
    const fate = random();
    if (fate < faults.throttled) {
      tally.throttled += 1;
      return refuse(response, throttled(contentType));
    }
    if (fate < faults.throttled + faults.broken) {
      tally.broken += 1;
      return refuse(response, broken(contentType, random() < 0.5 ? 500 : 503));
    }
    const { statusCode, headers, body: said } = await passOn(request, body);
    const bytes = Buffer.from(await said.arrayBuffer());
    if (fate < faults.throttled + faults.broken + faults.lost) {
      tally.lost += 1;
      const operation = operationOf(request, body);
      tally.lostOperations.set(operation, (tally.lostOperations.get(operation) ?? 0) + 1);
      if (random() < 0.5) request.socket.destroy();
      return;
    }
    tally.passed += 1;
    response.writeHead(statusCode, headers).end(bytes);
  }

  function passOn({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Dispatcher.ResponseData> {
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ownToEachHop.has(name)));
    return send(`${endpoint}${url ?? "/"}`, {
      method: method as Dispatcher.HttpMethod,
      headers: kept,
      body,
      dispatcher: upstream,
    });
  }
}

/** Headers of a connection, not of a request. */
const ownToEachHop: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"]);

function refuse(response: ServerResponse, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers).end(body);
}

function operationOf({ headers }: IncomingMessage, body: Buffer): string {
  const target = String(headers["x-amz-target"] ?? "");
  return target
    ? target.slice(target.indexOf(".") + 1)
    : (new URLSearchParams(body.toString()).get("Action") ?? "unknown");
}
