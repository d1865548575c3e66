import type { ServerResponse } from "node:http";
import { startProxy, type Asked } from "./proxy.ts";
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
  const tally: Tally = {
    ...{ requests: 0, passed: 0, throttled: 0, broken: 0, lost: 0 },
    lostOperations: new Map(),
  };
  return { ...(await startProxy(endpoint, answer)), tally };

  async function answer(asked: Asked, response: ServerResponse): Promise<void> {
    const { request, operation } = asked;
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
    const { status, headers, bytes } = await asked.passOn();
    if (fate < faults.throttled + faults.broken + faults.lost) {
      tally.lost += 1;
      tally.lostOperations.set(operation, (tally.lostOperations.get(operation) ?? 0) + 1);
      if (random() < 0.5) request.socket.destroy();
      return;
    }
    tally.passed += 1;
    response.writeHead(status, headers).end(bytes);
  }
}

function refuse(response: ServerResponse, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers).end(body);
}
