import { setTimeout as sleep } from "node:timers/promises";
import { startLoad } from "../bench/load.ts";
import type { Deployment } from "../service/deployments/deployment.ts";
import { callApi, follow } from "./api.ts";
import type { Connection } from "./connection.ts";
import type { Screen } from "./screen.ts";

const image = "shop:1.1";

/** Customers' requests a second, and what they keep open. */
const customers = { rate: 300, streams: 4, sockets: 4 };

/** Milliseconds of load before the deployment and after its end. */
const around = 2000;

export interface Demo {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** When `npm start` was typed, epoch ms; where it was not, nothing is said of it. */
  readonly began?: number;
}

/** One deployment under a steady load, shown as it happens. */
export async function deployDemo(at: Connection, { screen, signal, began }: Demo): Promise<void> {
  const load = startLoad({ url: at.shop, ...customers });
  try {
    await sleep(around, undefined, { signal });
    let run = await callApi<Deployment>(at, "POST", "/deployments", { stack: at.stack, image });
    const paint = () => screen.scene({ run, load: load.snapshot(), now: new Date() });
    const timer = setInterval(paint, 200);
    try {
      for await (const seen of follow(at, run.id)) {
        signal.throwIfAborted();
        run = seen;
        paint();
      }
      await sleep(around, undefined, { signal });
    } finally {
      clearInterval(timer);
    }
    paint();
    screen.sentence(sentence(run, { ...(await load.stop()), began }));
  } finally {
    await load.stop();
  }
}

function sentence(
  run: Deployment,
  given: { readonly answered: number; readonly failed: number; readonly began: number | undefined },
): string {
  const { answered, failed, began } = given;
  const figures = `${(answered + failed).toLocaleString("en")} requests, ${failed === 0 ? "none" : failed} failed`;
  if (run.trafficLiveAt === undefined || run.status !== "succeeded")
    return `${run.image} did not go live: ${run.error?.detail ?? run.status} (${figures}). ${run.error?.next ?? ""}`;
  const seconds = (from: number, to: string) => ((Date.parse(to) - from) / 1000).toFixed(1);
  const live = `${run.image} had all traffic ${seconds(Date.parse(run.createdAt), run.trafficLiveAt)} s after the POST`;
  const whole =
    began !== undefined && run.finishedAt !== undefined
      ? `\nFrom npm start to the finished swap: ${seconds(began, run.finishedAt)} s.`
      : "";
  return `${live}; ${figures}.${whole}`;
}
