import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startService } from "../../scripts/house.ts";

/** One of several services on one database: started again whenever it ends, under a new name each time. */
export interface Instance {
  /** Undefined while none runs. */
  now(): Running | undefined;
  /** How often it ended without having been killed. */
  readonly lost: () => number;
  close(): Promise<void>;
}

export interface Running {
  readonly pid: number;
  readonly service: string;
  /** What AWS is told of it. */
  readonly name: string;
}

/** @param given.killed whether this process was killed by the test */
export function keepInstance(given: {
  readonly number: number;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly token: string;
  readonly killed: (pid: number) => boolean;
}): Instance {
  const { number, token, killed } = given;
  const folder = join(given.folder, `service-${number}`);
  let child: Awaited<ReturnType<typeof startService>> | undefined;
  let closed = false;
  let boots = 0;
  let name = "";
  let lost = 0;

  const keep = async () => {
    while (!closed) {
      boots += 1;
      name = `turnout-${number}-${boots}`;
      const environment = { ...given.environment, AWS_SDK_UA_APP_ID: name };
      try {
        child = await startService({ folder, environment, token, port: 0 });
      } catch {
        // Its database is away, or it was killed while it started: as anybody who keeps a service up, try again.
        await sleep(200);
        continue;
      }
      if (closed) await child.stop();
      const { pid } = child;
      await child.ended;
      child = undefined;
      if (!closed && !killed(pid)) lost += 1;
    }
  };
  const kept = keep();
  return {
    now: () => child && { pid: child.pid, service: child.first.service, name },
    lost: () => lost,
    close: async () => {
      closed = true;
      await child?.stop();
      await kept;
    },
  };
}
