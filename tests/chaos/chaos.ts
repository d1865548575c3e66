import { Command } from "commander";
import { complaints, figuresOf, wreakHavoc } from "./havoc.ts";

// `npm run chaos -- --kills 1000`: kills at random while people deploy and customers come; fails when anybody noticed.
const { kills, services, seed, json } = new Command("chaos")
  .option("--kills <n>", "kill -9 of a service, all services, Postgres or an update", Number, 50)
  .option("--services <n>", "instances on one database", Number, 2)
  .option("--seed <n>", "repeats the choices, as far as the machine lets it", Number, Date.now() % 2 ** 31)
  .option("--json", "one JSON object as the last line")
  .parse()
  .opts<{ kills: number; services: number; seed: number; json?: true }>();

const say = (words: string) => console.error(`… ${words}`);
say(`seed ${seed}`);
const havoc = await wreakHavoc({ kills, services, seed, say });
const figures = figuresOf(havoc);
for (const complaint of complaints(havoc)) console.error(complaint);
console.log(
  `${figures.kills} kills (${Object.entries(havoc.kills)
    .map(([what, count]) => `${count} of ${what}`)
    .join(", ")}), ` +
    `${figures.runs} runs: ${figures.stuck} stuck, ${figures.overlaps} overlaps, ${figures.doubled} done twice, ` +
    `${figures.unexpected} ended otherwise; ${havoc.load.requests} customers' requests, ${figures.failedRequests} failed`,
);
if (json) console.log(JSON.stringify(figures));
// esbuild's process, which built the shop, would keep us.
process.exit(complaints(havoc).length === 0 ? 0 : 1);
