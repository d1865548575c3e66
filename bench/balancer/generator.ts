import { measureThroughput, type Throughput, type ThroughputOptions } from "../throughput.ts";
import { find, runPinned } from "./pinned.ts";

/** What asks: wrk where it is installed, since it costs less of its core; else our own. */
export const generator = find("wrk") === undefined ? "node" : "wrk";

export interface Measured {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly failed: number;
}

/** Measures from the second core. */
export async function measure(options: ThroughputOptions): Promise<Measured> {
  if (generator === "wrk") return measureWithWrk(options);
  const printed = await runPinned(1, [process.execPath, import.meta.filename, JSON.stringify(options)]);
  const { requestsPerSecond, latency, failed } = JSON.parse(printed) as Throughput;
  return { requestsPerSecond, p99: latency.p99, failed };
}

async function measureWithWrk({ url, connections, seconds }: ThroughputOptions): Promise<Measured> {
  const wrk = (duration: number) =>
    runPinned(1, ["wrk", "-t1", `-c${connections}`, `-d${duration}s`, "--latency", url]);
  await wrk(1);
  return readWrk(await wrk(seconds));
}

const milliseconds: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/** Reads what wrk prints. Throws where the figures are not in it. */
export function readWrk(text: string): Measured {
  const rate = /Requests\/sec: *([\d.]+)/.exec(text)?.[1];
  const [, p99, unit] = /^ *99% +([\d.]+)(us|ms|s)$/m.exec(text) ?? [];
  if (rate === undefined || p99 === undefined) throw new Error(`wrk printed no figures: ${text}`);
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const broken =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  return {
    requestsPerSecond: Number(rate),
    p99: Number(p99) * (milliseconds[unit ?? ""] ?? 1),
    failed: broken.reduce((sum, count) => sum + Number(count), bad),
  };
}

if (process.argv[1] === import.meta.filename)
  console.log(
    JSON.stringify(await measureThroughput(JSON.parse(process.argv[2] ?? "") as ThroughputOptions)),
  );
