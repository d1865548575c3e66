import { setTimeout as sleep } from "node:timers/promises";
import { Refused } from "../../scripts/api.ts";
import { stack } from "../../scripts/pulumiEnvironment.ts";
import type { DeploymentRequest } from "../../service/deployments/deploy.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import type { AnyInstance } from "./anyInstance.ts";

/** 1.0 is there from the start. */
export const goodReleases = ["1.0", "1.1", "1.1.1"] as const;
const goodImages = goodReleases.map((release) => `shop:${release}`);

/** What somebody asked for, and how it ended. */
export interface Posted {
  readonly run: Deployment;
  /** The release is a good one, so without a word from outside it succeeds. */
  readonly good: boolean;
  /** Somebody said stop, or a later one superseded it. */
  readonly stopped: boolean;
}

/** Somebody who deploys, at whichever instance answers. */
export interface Person {
  /** One deployment, with what chance adds to it: a second one behind it, a cancel or an undo in the middle, an undo after it. */
  turn(): Promise<readonly Posted[]>;
  /** A deployment without chances, whose undo window is short. */
  calmTurn(): Promise<Posted>;
}

export function createPerson(given: {
  readonly service: AnyInstance;
  readonly random: () => number;
}): Person {
  const { random } = given;
  const { ask, untilEnded } = given.service;

  async function post(request: Omit<DeploymentRequest, "stack">): Promise<Deployment> {
    return ask<Deployment>("POST", "/deployments", { stack, ...request });
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

  const other = async () => nextImage(moved(await historyOf(given.service)));

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
      if (told.kind === "undo") await untilEnded(told.id);
      return told.id === id;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  return {
    calmTurn: async () => {
      const { id } = await post({ image: await other(), bake: 0, undoWindow: 1 });
      return { run: await untilEnded(id), good: true, stopped: false };
    },
    turn: async () => {
      const first = await chosen();
      const { id } = await post({ ...first.request, onBusy: "queue" });
      const stopping = random() < 0.35 ? stop(id) : Promise.resolve(false);
      // It is waited for below.
      stopping.catch(() => {});
      const second = random() < 0.25 ? await chosen() : undefined;
      let behind: Deployment | undefined;
      if (second) {
        await sleep(4000 * random());
        const onBusy = random() < 0.5 ? ("queue" as const) : ("supersede" as const);
        // Refused where the first one has put the same release live meanwhile.
        behind = await post({ ...second.request, onBusy }).catch(unlessRefused);
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

  function unlessRefused(error: unknown): undefined {
    if (!(error instanceof Refused)) throw error;
  }

  async function undoLast(): Promise<void> {
    try {
      const { id } = await ask<Deployment>("POST", `/stacks/${stack}/undo`, {});
      await untilEnded(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
}

/** All runs, the newest first. */
export async function historyOf({ ask }: AnyInstance): Promise<readonly Deployment[]> {
  const all: Deployment[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const { deployments, next }: Page = await ask<Page>("GET", `/deployments?limit=50${cursor}`);
    all.push(...deployments);
    cursor = next && `&cursor=${next}`;
  }
  return all;
}

/** The release that the last run that moved traffic left live. Runs newest first. */
export function moved(history: readonly Deployment[]): string {
  const last = history.find(
    ({ kind, status }) => status === "succeeded" && (kind === "deployment" || kind === "undo"),
  );
  return last?.image ?? "shop:1.0";
}

/** The good release after this one: not that of the idle colour either, where each came after the other. */
export function nextImage(image: string | null): string {
  const found = goodImages.findIndex((one) => one === image);
  return goodImages[(found + 1) % goodImages.length] as string;
}

interface Page {
  readonly deployments: readonly Deployment[];
  readonly next?: string;
}
