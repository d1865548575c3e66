import { Command } from "commander";
import { startLoad, type Load, type LoadReport } from "./load.ts";
import { printBench, table } from "./table.ts";

// `npm run load -- URL`: the steady load by hand, until its time is over or Ctrl-C.
const command = new Command("load")
  .description("A steady load of customers on the example shop, on this machine only.")
  .argument("<url>", "where the shop answers: http://127.x.y.z:8080")
  .option("--rate <n>", "requests a second", "300")
  .option("--seconds <n>", "how long", "10")
  .option("--connections <n>", "keep-alive connections", "64")
  .option("--streams <n>", "server-sent streams kept open", "2")
  .option("--sockets <n>", "WebSockets kept open", "2")
  .option("--json", "one JSON object as the last line")
  .parse();

const options = command.opts<Record<"rate" | "seconds" | "connections" | "streams" | "sockets", string>>();
const load = start();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void load.stop());

const report = await load.ended;
printBench(describe(report), report);
process.exitCode = report.failed > 0 ? 1 : 0;

function start(): Load {
  try {
    return startLoad({
      url: command.args[0] ?? "",
      rate: Number(options.rate),
      maxSeconds: Number(options.seconds),
      connections: Number(options.connections),
      streams: Number(options.streams),
      sockets: Number(options.sockets),
    });
  } catch (error) {
    return command.error(error instanceof Error ? error.message : String(error));
  }
}

function describe({
  answered,
  failed,
  duration,
  releases,
  latency,
  slowLatency,
  streams,
  sockets,
  failures,
}: LoadReport) {
  const milliseconds = (value: number) => value.toFixed(1);
  const latencies = Object.entries({ quick: latency, "slow by design": slowLatency });
  return [
    `${answered} answered, ${failed} failed in ${duration.toFixed(1)} s (${(answered / duration).toFixed(0)}/s)`,
    table(
      ["release", "requests"],
      Object.entries(releases).map(([name, { requests }]) => [name, requests]),
    ),
    table(
      ["latency, ms", "p50", "p90", "p99", "p99.9", "max"],
      latencies.map(([name, l]) => [name, ...[l.p50, l.p90, l.p99, l.p999, l.max].map(milliseconds)]),
    ),
    table(
      ["streams", "open", "opened", "clean", "ended", "broken", "refused"],
      Object.entries({ events: streams, WebSockets: sockets }).map(([name, s]) => [
        name,
        s.open,
        s.opened,
        s.clean,
        s.ended,
        s.broken,
        s.refused,
      ]),
    ),
    ...failures.map(({ at, method, path, error }) => `${at} ${method} ${path}: ${error}`),
  ].join("\n\n");
}
