import { join } from "node:path";
import { generator, measure, type Measured } from "./balancer/generator.ts";
import { startHaproxy, startHaproxyBackend, type Part } from "./balancer/haproxy.ts";
import { end, find, firstLine, pins, startPinned, type Core } from "./balancer/pinned.ts";
import { printBench, table } from "./table.ts";

// `npm run bench:balancer`: the local load balancer beside HAProxy, each alone on the first core; the second has
// the backend and what asks. In turn, several rounds, and the median of each: the machine has other things to do.
const rounds = 3;
const connections = 50;
const seconds = 4;
const body = "x".repeat(1024);
/** Of HAProxy's requests a second. */
const aim = 0.5;

const folder = join(import.meta.dirname, "balancer");
const haproxy = find("haproxy");
const parts: Part[] = [];

try {
  const backend = await keep(
    haproxy === undefined ? startNode(1, "plainBackend.ts", body) : startHaproxyBackend(haproxy, body),
  );
  const contenders = new Map([["no load balancer", backend]]);
  contenders.set("ours", await keep(startNode(0, "oursProcess.ts", backend.url)));
  if (haproxy !== undefined)
    contenders.set("HAProxy", await keep(startHaproxy(haproxy, new URL(backend.url))));

  const measured = new Map<string, Measured[]>([...contenders.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const [name, { url }] of contenders)
      measured.get(name)?.push(await measure({ url: `${url}/`, connections, seconds }));
  report(new Map([...measured].map(([name, results]) => [name, median(results)])));
} finally {
  for (const part of parts.reverse()) await part.stop();
}

async function keep(starting: Promise<Part>): Promise<Part> {
  const part = await starting;
  parts.push(part);
  return part;
}

async function startNode(core: Core, file: string, argument: string): Promise<Part> {
  const child = startPinned(core, [process.execPath, join(folder, file), argument]);
  const stop = () => end(child);
  try {
    const url = await firstLine(child);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The round in the middle by requests a second. Failures of all rounds count. */
function median(results: readonly Measured[]): Measured {
  const sorted = results.toSorted((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no round was measured");
  return { ...middle, failed: results.reduce((sum, { failed }) => sum + failed, 0) };
}

function report(results: ReadonlyMap<string, Measured>): void {
  const ours = results.get("ours")?.requestsPerSecond ?? 0;
  const theirs = results.get("HAProxy")?.requestsPerSecond;
  const ratio = theirs === undefined ? undefined : ours / theirs;
  const rows = [...results].map(([name, { requestsPerSecond, p99, failed }]) => [
    name,
    requestsPerSecond.toFixed(0),
    p99.toFixed(2),
    failed,
  ]);
  const verdict =
    ratio === undefined
      ? "HAProxy is not installed, so there is nothing to compare with"
      : `ours / HAProxy = ${ratio.toFixed(2)} (aim: at least ${aim.toFixed(2)}, ${ratio >= aim ? "reached" : "missed"})`;
  const pinning = pins ? "one core each for what is measured and what measures" : "not pinned to cores";
  printBench(
    [
      table(["load balancer", "req/s", "p99 ms", "failed"], rows),
      verdict,
      `${connections} keep-alive connections, 1 KiB answers, ${generator}, ${pinning}, median of ${rounds} rounds of ${seconds} s`,
    ].join("\n\n"),
    { results: Object.fromEntries(results), ratio: ratio ?? null, aim, generator, pinned: pins, connections },
  );
}
