import { randomUUID } from "node:crypto";
import { plan } from "../engines/engines.ts";
import { Busy } from "../errors/refusals.ts";
import { Problem } from "../errors/problem.ts";
import { atWork } from "./busy.ts";
import type { Deployment } from "./deployment.ts";
import type { House } from "./house.ts";
import { restNow } from "./restAfter.ts";
import { look, type Snapshot } from "./snapshot.ts";
import { toCome } from "./story.ts";

/** Puts the idle colour to rest now instead of when its undo window closes. */
export async function restIdle(house: House, stack: string, signal: AbortSignal): Promise<Deployment> {
  const snapshot = await free(house, stack, signal);
  return house.runs.start(
    restNow({
      ...{ stack, colour: snapshot.idle, engine: snapshot.outputs.deployment.engine },
      createdAt: house.ground.clock.now().toISOString(),
    }),
  );
}

/** Brings the idle colour up beside the live one, so that an undo needs one write to the load balancer. */
export async function warmIdle(house: House, stack: string, signal: AbortSignal): Promise<Deployment> {
  const snapshot = await free(house, stack, signal);
  const order = { kind: "warm", stack, colour: snapshot.idle, snapshot } as const;
  const image = snapshot.outputs.record[snapshot.idle]?.release.tag;
  if (!snapshot.live || !image) {
    throw new Problem("nothing-to-rest", {
      detail: `No release stands on ${snapshot.idle}.`,
      next: `Deploy: POST /deployments {"stack":"${stack}","image":"<image>"}.`,
    });
  }
  return house.runs.start({
    order,
    view: {
      id: randomUUID(),
      kind: "warm",
      stack,
      status: "queued",
      revision: 1,
      engine: snapshot.outputs.deployment.engine,
      image,
      colour: snapshot.idle,
      createdAt: house.ground.clock.now().toISOString(),
      weights: snapshot.rules.production,
      steps: toCome(plan(order, snapshot).steps),
      notes: [],
    },
  });
}

async function free({ ground, runs }: House, stack: string, signal: AbortSignal): Promise<Snapshot> {
  const busy = await atWork(runs, stack);
  if (busy) throw new Busy(busy);
  return look(ground, { stack, outputs: await ground.stacks.outputs(stack, signal) }, signal);
}
