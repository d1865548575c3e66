import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { callApi, Refused } from "../../scripts/api.ts";
import { stack } from "../../scripts/pulumiEnvironment.ts";
import type { DeploymentRequest } from "../../service/deployments/deploy.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { ended } from "../../service/deployments/status.ts";

/** Milliseconds within which a request is answered by one instance or another, and a run ends when all is well. */
const answersWithin = 60_000;
const endsWithin = 180_000;

/** What somebody asked for, and how it ended. */
export interface Posted {
  readonly run: Deployment;
  /** The release is a good one, so without a word from outside it succeeds. */
  readonly good: boolean;
  /** Somebody said stop, or a later one superseded it. */
  readonly stopped: boolean;
}

/** Somebody who deploys, at whichever instance answers, and sends a request again until one does. */
export interface Person {
  /** One deployment, with what chance adds to it: a second one behind it, a cancel or an undo in the middle, an undo after it. */
  turn(): Promise<readonly Posted[]>;
  /** A deployment without chances, whose undo window is short. */
  calmTurn(): Promise<Posted>;
  /** All runs, the newest first. */
  history(): Promise<readonly Deployment[]>;
  /** Ids of all runs that were answered to a request. */
  readonly answered: ReadonlySet<string>;
}

export function createPerson(given: {
  /** Addresses of the instances that run now. */
  readonly services: () => readonly string[];
  readonly token: string;
  readonly random: () => number;
}): Person {
  const { services, token, random } = given;
  const answered = new Set<string>();
  let asked = 0;

  /** @throws Refused when the service said no */
  async function ask<Answer>(method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
    const key = randomUUID();
    const until = Date.now() + answersWithin;
    let last: unknown;
    while (Date.now() < until) {
      const known = services();
      asked += 1;
      const service = known[asked % known.length];
      if (service !== undefined) {
        try {
          const signal = AbortSignal.timeout(15_000);
          return await callApi<Answer>({ service, token }, method, path, body, { key, signal });
        } catch (error) {
          // 5xx: it can't be carried out now, 502 where Pulumi or AWS were cut off in it.
          if (error instanceof Refused && error.problem.status < 500) throw error;
          last = error;
        }
      }
      await sleep(100);
    }
    throw new Error(`${method} ${path} was not answered within ${answersWithin} ms: ${String(last)}`);
  }

  async function post(request: Omit<DeploymentRequest, "stack">): Promise<Deployment> {
    const run = await ask<Deployment>("POST", "/deployments", { stack, ...request });
    answered.add(run.id);
    return run;
  }

  async function untilEnded(id: string): Promise<Deployment> {
    const until = Date.now() + endsWithin;
    for (;;) {
      const run = await ask<Deployment>("GET", `/deployments/${id}`);
      if (ended(run.status) || Date.now() > until) return run;
      await sleep(200);
    }
  }

  /** What chance makes of a deployment. */
  async function chosen(): Promise<{
    readonly request: Omit<DeploymentRequest, "stack">;
    readonly good: boolean;
  }> {
    const good = random() < 0.8;
    const image = good ? await other() : "shop:1.2-error-page";
    const canary = random() < 0.3;
    const windows = { bake: 1, undoWindow: 1 + Math.floor(5 * random()) };
    const how = canary ? ({ shift: "canary", shiftPercent: 20, shiftInterval: 1 } as const) : {};
    return { request: { image, ...windows, ...how }, good };
  }

  /** The good release that is not live. */
  async function other(): Promise<string> {
    const last = moved((await page("")).deployments);
    return last === "shop:1.1" ? "shop:1.0" : "shop:1.1";
  }

  const page = (cursor: string) => ask<Page>("GET", `/deployments?limit=50${cursor}`);

  const history = async () => {
    const all: Deployment[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const { deployments, next }: Page = await page(cursor);
      all.push(...deployments);
      cursor = next && `&cursor=${next}`;
    }
    return all;
  };

  /** Says stop at a moment that chance chooses; true where it was heard. */
  async function stop(id: string): Promise<boolean> {
    await sleep(8000 * random());
    const path = random() < 0.5 ? `/deployments/${id}/cancel` : `/stacks/${stack}/undo`;
    try {
      const told = await ask<Deployment>(
        "POST",
        path,
        path.endsWith("undo") ? { acceptMigrated: true } : undefined,
      );
      // An undo that came after the run's end is one of its own.
      answered.add(told.id);
      if (told.kind === "undo") await untilEnded(told.id);
      return told.id === id;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  return {
    answered,
    history,
    calmTurn: async () => {
      const { id } = await post({ image: await other(), bake: 0, undoWindow: 1 });
      return { run: await untilEnded(id), good: true, stopped: false };
    },
    turn: async () => {
      const first = await chosen();
      const { id } = await post({ ...first.request, onBusy: "queue" });
      const stopping = random() < 0.35 ? stop(id) : Promise.resolve(false);
      const second = random() < 0.25 ? await chosen() : undefined;
      let behind: Deployment | undefined;
      if (second) {
        await sleep(4000 * random());
        behind = await post({ ...second.request, onBusy: random() < 0.5 ? "queue" : "supersede" });
      }
      const stopped = await stopping;
      const posted: Posted[] = [{ run: await untilEnded(id), good: first.good, stopped }];
      if (behind && second) {
        const run = await untilEnded(behind.id);
        // An undo of the first one ends what waits, too.
        posted.push({ run, good: second.good, stopped: run.status === "superseded" });
      }
      if (random() < 0.3) await undoLast();
      return posted;
    },
  };

  async function undoLast(): Promise<void> {
    try {
      const { id } = await ask<Deployment>("POST", `/stacks/${stack}/undo`, {});
      answered.add(id);
      await untilEnded(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
}

/** The release that the last run that moved traffic left live. Runs newest first. */
export function moved(history: readonly Deployment[]): string {
  const last = history.find(
    ({ kind, status }) => status === "succeeded" && (kind === "deployment" || kind === "undo"),
  );
  return last?.image ?? "shop:1.0";
}

interface Page {
  readonly deployments: readonly Deployment[];
  readonly next?: string;
}
