import { connect, type Socket } from "node:net";
import { build } from "hdr-histogram-js";
import { loopbackUrl } from "./loopback.ts";
import { latencyOf, type Latency } from "./tally.ts";

export interface ThroughputOptions {
  /** On a loopback address. Its answers must carry a content-length. */
  readonly url: string;
  readonly connections: number;
  /** Seconds that count, after one second of warming up. */
  readonly seconds: number;
}

export interface Throughput {
  readonly requestsPerSecond: number;
  readonly latency: Latency;
  /** Answers other than 200, and connections that broke. */
  readonly failed: number;
}

const warmUp = 1000;
const headEnd = Buffer.from("\r\n\r\n");

/**
 * How many requests a second a server answers when every connection asks again at once (closed loop: a measure of
 * capacity, not of what customers see). Sends fixed bytes over plain sockets, so that the asking costs little.
 */
export async function measureThroughput({
  url,
  connections,
  seconds,
}: ThroughputOptions): Promise<Throughput> {
  const { hostname, port, pathname, host } = loopbackUrl(url);
  const question = Buffer.from(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const histogram = build({ highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });
  const countFrom = performance.now() + warmUp;
  const countUntil = countFrom + seconds * 1000;
  let failed = 0;

  const sockets = Array.from({ length: connections }, () => connect(Number(port || 80), hostname));
  const ask = (socket: Socket) =>
    new Promise<void>((resolve, reject) => {
      let asked = 0;
      let answer: Buffer = Buffer.alloc(0);
      const next = () => {
        asked = performance.now();
        if (asked >= countUntil) return resolve();
        socket.write(question);
      };
      const breaks = () => {
        if (performance.now() < countUntil) failed += 1;
        resolve();
      };
      socket.setNoDelay(true).once("connect", next).once("error", breaks).once("close", breaks);
      socket.on("data", (chunk) => {
        answer = answer.length === 0 ? chunk : Buffer.concat([answer, chunk]);
        const length = wholeLength(answer);
        if (Number.isNaN(length)) return reject(new Error(`${url} answers without a content-length`));
        if (length === undefined || answer.length < length) return;
        const now = performance.now();
        if (now >= countFrom && now < countUntil) {
          if (answer.subarray(9, 12).toString() === "200")
            histogram.recordValue(Math.round((now - asked) * 1000));
          else failed += 1;
        }
        answer = Buffer.alloc(0);
        next();
      });
    });
  // A server that falls silent must not hold up the bench.
  const silence = setTimeout(
    () => sockets.forEach((socket) => socket.destroy()),
    warmUp + seconds * 1000 + 5000,
  );
  try {
    await Promise.all(sockets.map(ask));
  } finally {
    clearTimeout(silence);
    for (const socket of sockets) socket.destroy();
  }
  return { requestsPerSecond: histogram.totalCount / seconds, latency: latencyOf(histogram), failed };
}

/** Bytes of the answer that begins here; undefined while its head is not there, NaN where it has no content-length. */
function wholeLength(answer: Buffer): number | undefined {
  const head = answer.indexOf(headEnd);
  if (head < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer.subarray(0, head).toString("latin1"))?.[1];
  return head + headEnd.length + Number(length ?? NaN);
}
