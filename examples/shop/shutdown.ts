import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "./app/app.ts";
import type { Front } from "./front/front.ts";
import type { Traffic } from "./traffic.ts";

/** How long to stay open for those who have not heard yet, and what counts as silence; milliseconds. */
const latecomers = { atMost: 2000, silence: 250 };
/** Less than ECS waits before SIGKILL (30 s, its default stopTimeout). */
const deadline = 25_000;

export interface Open {
  readonly app: App;
  readonly front: Front;
  readonly traffic: Traffic;
}

/**
 * Closes as a load balancer needs it: streams end cleanly, every answer from now on ends its connection, whoever
 * still comes is served until nobody comes, what is in flight is finished. Health stays good to the end: a task
 * that leaves is not ill. Resolves to the number of requests that had to be cut off, 0 unless one took too long.
 */
export async function shutDown({ app, front, traffic }: Open): Promise<number> {
  traffic.startClosing();
  app.endStreams();
  const until = performance.now() + latecomers.atMost;
  while (traffic.quietFor() < latecomers.silence && performance.now() < until) await sleep(20);

  let cut = 0;
  const timer = setTimeout(() => {
    cut = traffic.inFlight();
    front.kill();
  }, deadline);
  await front.close();
  clearTimeout(timer);
  return cut;
}
