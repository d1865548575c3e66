import { Pool } from "undici";
import { loopbackUrl } from "./loopback.ts";
import { inTurn, shopMix, type Ask } from "./mix.ts";
import { Request } from "./request.ts";
import { keepOpen, openEvents, openSocket, type StreamCount } from "./streams.ts";
import { Tally, type Figures, type Second } from "./tally.ts";

export interface LoadOptions {
  /** Where the shop answers, on a loopback address. */
  readonly url: string;
  /** Requests a second, whatever the answers do. */
  readonly rate: number;
  /** Keep-alive connections, at most. Default 64. */
  readonly connections?: number;
  /** Default: the example shop's customers. */
  readonly mix?: readonly Ask[];
  /** Server-sent streams kept open at /events. Default 0. */
  readonly streams?: number;
  /** WebSockets kept open at /ws. Default 0. */
  readonly sockets?: number;
  /** Milliseconds from a request's intended start until it counts as failed. Default 15,000. */
  readonly timeout?: number;
  /** Seconds after which it ends by itself. Default 600. */
  readonly maxSeconds?: number;
  /** Requests after which it ends by itself. Default 500,000. */
  readonly maxRequests?: number;
}

/** The figures of this moment, for a screen. */
export interface Snapshot extends Figures {
  readonly inFlight: number;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** The last whole second. */
  readonly lastSecond: Omit<Second, "second">;
  readonly streams: StreamCount;
  readonly sockets: StreamCount;
}

export interface LoadReport extends Figures {
  /** Epoch ms. */
  readonly began: number;
  /** Seconds in which requests were started. */
  readonly duration: number;
  readonly rate: number;
  readonly streams: StreamCount;
  readonly sockets: StreamCount;
}

export interface Load {
  snapshot(): Snapshot;
  /** Starts no more requests, waits for those in flight (at most `timeout`), ends the streams. The same report if called again. */
  stop(): Promise<LoadReport>;
  /** Settles with the report when the load ended, by `stop` or at a bound. */
  readonly ended: Promise<LoadReport>;
}

/** Milliseconds between looks at the clock. */
const tick = 2;

/**
 * A steady load, open-loop: the n-th request is due at n / rate seconds, whether or not the earlier ones are answered,
 * and its latency counts from then. So a stall shows as the latency that customers had, not as fewer requests.
 * Throws where the address is not this machine's.
 */
export function startLoad(options: LoadOptions): Load {
  const { rate, timeout = 15_000, maxSeconds = 600, maxRequests = 500_000 } = options;
  const url = loopbackUrl(options.url);
  if (!(rate > 0 && rate <= 20_000)) throw new Error(`a rate of ${rate} requests a second: give 1 to 20000`);
  const pool = new Pool(url.origin, {
    connections: options.connections ?? 64,
    // Shorter than any server keeps an idle connection: the side that sends must be the one that closes.
    keepAliveTimeout: 4000,
    connect: { timeout },
  });
  const next = inTurn(options.mix ?? shopMix);
  const streams = keepOpen(openEvents, new URL("/events", url), options.streams ?? 0);
  const sockets = keepOpen(openSocket, new URL("/ws", url), options.sockets ?? 0);

  // One clock that only goes forward, read as epoch ms.
  const now = () => performance.timeOrigin + performance.now();
  const began = now();
  const tally = new Tally(began);
  // In the order of their intended starts, so the oldest is first.
  const inFlight = new Set<Request>();
  let sent = 0;
  let stopped: Promise<LoadReport> | undefined;
  const ended = Promise.withResolvers<LoadReport>();

  const startDue = () => {
    const due = Math.min(maxRequests, Math.floor(((now() - began) / 1000) * rate));
    for (; sent < due; sent += 1) {
      const request = new Request({ ...next(), start: began + (sent * 1000) / rate }, (outcome) => {
        inFlight.delete(request);
        tally.add(outcome, now());
      });
      inFlight.add(request);
      request.send(pool, timeout);
    }
  };
  const giveUpLate = () => {
    for (const request of inFlight) {
      if (now() - request.asked.start < timeout) return;
      request.giveUp(`no whole answer within ${timeout} ms`);
    }
  };
  const starter = setInterval(() => {
    startDue();
    if (sent >= maxRequests || now() - began > maxSeconds * 1000) void stop();
  }, tick);
  const sweeper = setInterval(giveUpLate, 100);

  const finish = async (): Promise<LoadReport> => {
    clearInterval(starter);
    const duration = (now() - began) / 1000;
    await untilEmpty(inFlight);
    clearInterval(sweeper);
    const counts = { streams: streams.count(), sockets: sockets.count() };
    streams.close();
    sockets.close();
    await pool.destroy();
    const report = { began, duration, rate, ...tally.figures(), ...counts };
    ended.resolve(report);
    return report;
  };
  const stop = () => (stopped ??= finish());

  return {
    stop,
    ended: ended.promise,
    snapshot: () => ({
      ...tally.figures(),
      inFlight: inFlight.size,
      elapsed: (now() - began) / 1000,
      lastSecond: tally.lastSecond(now()),
      streams: streams.count(),
      sockets: sockets.count(),
    }),
  };
}

/** The sweeper ends each within its time-out, so this ends. */
async function untilEmpty(inFlight: ReadonlySet<Request>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (inFlight.size > 0) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
}
