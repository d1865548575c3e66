import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Command } from "commander";
import type { Outputs } from "../infra/outputs.ts";
import { type House, openHouse } from "../scripts/house.ts";
import { pulumiCli } from "../scripts/pulumiCli.ts";
import { credentials, stack } from "../scripts/pulumiEnvironment.ts";
import { startLoad } from "./load.ts";
import { lastStarted } from "./swap/lastStarted.ts";
import { type Measured, measureSwap, type Swap, undoSwap } from "./swap/measure.ts";
import { residentMiB, residentWithChildrenMiB } from "./swap/memory.ts";
import { printBench, table } from "./table.ts";

// `npm run bench:swap`: from POST to live at real intervals, beside what no deployment can beat, and where the time went.
const { runs, rate } = new Command("bench:swap")
  .option("--runs <n>", "swaps of the shop as it is, each undone", Number, 3)
  .option("--rate <n>", "customers' requests a second meanwhile", Number, 50)
  .option("--json", "one JSON object as the last line")
  .parse()
  .opts<{ runs: number; rate: number }>();

/** Seconds that the slow shop takes until it listens. */
const boot = 10;
/** What is aimed at: milliseconds over the bound, times the bound, milliseconds in Pulumi and of an undo, MiB. */
const aims = { over: 3000, ratioOfSlow: 1.25, pulumi: 1000, undo: 1000, service: 250, rehearsal: 300 };
/** Characters. */
const barWidth = 50;

const folder = mkdtempSync(join(tmpdir(), "turnout-bench-"));
const say = (words: string) => console.error(`… ${words}`);
try {
  const house = await openHouse({ folder, cli: await pulumiCli(say), say });
  try {
    report(await measure(house));
  } finally {
    await house.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// esbuild's process, which built the shop, would keep us.
process.exit();

interface Result {
  readonly quick: readonly Swap[];
  readonly slow: Swap;
  /** Milliseconds from the undo's POST to the start of the last request that the undone release answered. */
  readonly undo: readonly number[];
  readonly updates: number;
  readonly memory: Readonly<Record<"service" | "serviceAndChildren" | "rehearsal", number | null>>;
}

async function measure(house: House): Promise<Result> {
  const { connection } = house;
  const client = { endpoint: connection.awsEndpoint, region: connection.region, credentials };
  const given: Measured = {
    ...{ at: connection, stack },
    outputs: JSON.parse(await house.pulumi("stack", "output", "--json")) as Outputs,
    ...{ ecs: new ECSClient(client), elbv2: new ElasticLoadBalancingV2Client(client) },
  };
  const updates = async () =>
    (JSON.parse(await house.pulumi("stack", "history", "--json")) as unknown[]).length;
  await house.push("1.1");

  const quick: Swap[] = [];
  const undo: number[] = [];
  const updatesBefore = await updates();
  for (let run = 1; run <= runs; run += 1) {
    say(`swap ${run} of ${runs}, and its undo`);
    const load = startLoad({ url: connection.shop, rate, maxSeconds: 120 });
    quick.push(await measureSwap(given, "shop:1.1"));
    const posted = await undoSwap(given);
    const served = await load.stop();
    const [failure] = served.failures;
    if (failure) throw new Error(`customers' requests failed: ${JSON.stringify(failure)}`);
    undo.push(lastStarted(served, "1.1") - posted);
  }
  const made = (await updates()) - updatesBefore;

  say(`one swap of a shop that takes ${boot} s to boot`);
  house.configure({ "turnout:environment": { BOOT_SECONDS: String(boot) } });
  await house.pulumi("up", "--yes", "--skip-preview");
  const slow = await measureSwap(given, "shop:1.1");
  const { service, rehearsal } = house;
  return {
    ...{ quick, slow, undo, updates: made / runs },
    memory: {
      service: residentMiB(service.pid) ?? null,
      serviceAndChildren: residentWithChildrenMiB(service.pid) ?? null,
      rehearsal: residentMiB(rehearsal.pid) ?? null,
    },
  };
}

function report({ quick, slow, undo, updates, memory }: Result): void {
  const typical = median(quick);
  const worst = (of: readonly number[]) => Math.max(...of);
  const swaps = [
    ...quick.map((swap, n) => [`swap ${n + 1}`, swap] as const),
    [`${boot} s boot`, slow] as const,
  ];
  const rows = swaps.map(([name, { toLive, bound, pulumi }]) => [
    name,
    ms(toLive),
    ms(bound),
    ms(toLive - bound),
    (toLive / bound).toFixed(2),
    ms(pulumi),
  ]);
  const verdicts = [
    verdict("over the bound, median", typical.toLive - typical.bound, aims.over, "ms"),
    verdict(`times the bound, ${boot} s boot`, slow.toLive / slow.bound, aims.ratioOfSlow, ""),
    verdict("in Pulumi before live, median", typical.pulumi, aims.pulumi, "ms"),
    verdict("Pulumi updates a deployment and its undo", updates, 1, ""),
    verdict("last request to the undone release started, worst", worst(undo), aims.undo, "ms"),
    verdict("the service, resident", memory.service, aims.service, "MiB"),
    verdict("the rehearsal, resident", memory.rehearsal, aims.rehearsal, "MiB"),
  ];
  printBench(
    [
      table(["", "POST to live, ms", "bound", "over", "ratio", "Pulumi"], rows),
      `Where the time went (median swap; ms after the POST)\n${waterfall(typical)}`,
      table(["", "measured", "aim: at most", ""], verdicts),
      `real intervals, ${rate} requests a second meanwhile, ${cpus().length} cores for all of it; the service with ` +
        `Postgres and its Pulumi process: ${memory.serviceAndChildren?.toFixed(0) ?? "?"} MiB`,
    ].join("\n\n"),
    { quick, slow, undo, updates, memory, aims },
  );
}

function verdict(name: string, value: number | null, aim: number, unit: string): readonly string[] {
  const shown = (number: number) => `${number.toFixed(aim < 10 ? 2 : 0)} ${unit}`.trim();
  if (value === null) return [name, "not measured here", shown(aim), ""];
  return [name, shown(value), shown(aim), value <= aim ? "reached" : "missed"];
}

function waterfall({ steps, toLive }: Swap): string {
  const column = (time: number) => Math.round((Math.min(time, toLive) / toLive) * barWidth);
  const rows = steps.map(({ name, from, to }) => [
    name,
    ms(from),
    ms(to - from),
    `${" ".repeat(column(from))}${"█".repeat(Math.max(1, column(to) - column(from)))}`,
  ]);
  return table(["step", "begins", "takes", "|"], rows);
}

function median(swaps: readonly Swap[]): Swap {
  const sorted = swaps.toSorted((a, b) => a.toLive - b.toLive);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error("--runs needs at least 1");
  return middle;
}

function ms(value: number): string {
  return value.toFixed(0);
}
