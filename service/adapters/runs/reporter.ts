import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment } from "../../deployments/deployment.ts";
import { isAway } from "./away.ts";

/**
 * Writes how a run looks, the newest state only: progress is told more often than it needs to be stored, and a
 * deployment does not wait for its readers.
 */
export interface Reporter {
  tell(view: Deployment): void;
  /** From now on what is told is written; before, a run that is taken up again only retells what readers know. */
  live(): void;
  /** Resolves once the newest state is written. Throws what the database said against one since the last time. */
  flush(): Promise<void>;
}

/** Milliseconds between two tries while the database is away. */
const pause = 250;

export function createReporter(write: (view: Deployment) => Promise<void>): Reporter {
  let pending: Deployment | undefined;
  let writing: Promise<void> | undefined;
  let isLive = false;
  let refused: { readonly error: unknown } | undefined;

  const drain = async () => {
    while (pending) {
      const view = pending;
      pending = undefined;
      try {
        await write(view);
      } catch (error) {
        if (isAway(error)) {
          pending ??= view;
          await sleep(pause);
        } else refused ??= { error };
      }
    }
    writing = undefined;
  };
  const start = () => {
    if (pending) writing ??= drain();
  };
  return {
    tell: (view) => {
      pending = view;
      if (isLive) start();
    },
    live: () => {
      isLive = true;
      start();
    },
    flush: async () => {
      start();
      while (writing) await writing;
      const said = refused;
      refused = undefined;
      if (said) throw said.error;
    },
  };
}
