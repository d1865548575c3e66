import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { callApi, Refused } from "../../scripts/api.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import { ended } from "../../service/deployments/status.ts";

/** Milliseconds within which a request is answered by one instance or another, and a run ends when all is well. */
const answersWithin = 60_000;
const endsWithin = 180_000;

/** Several instances as one service: a request goes to each in turn, under one key, until one answers. */
export interface AnyInstance {
  /** Ids of all runs that were answered to a POST. */
  readonly answered: ReadonlySet<string>;
  /** @throws Refused when the service said no */
  readonly ask: <Answer>(method: "GET" | "POST", path: string, body?: object) => Promise<Answer>;
  /** The run as it ended, or as it is when it should have. */
  readonly untilEnded: (id: string) => Promise<Deployment>;
}

/** @param given.services addresses of the instances that run now */
export function anyInstance(given: {
  readonly services: () => readonly string[];
  readonly token: string;
}): AnyInstance {
  const { services, token } = given;
  const answered = new Set<string>();
  let asked = 0;

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
          const answer = await callApi<Answer>({ service, token }, method, path, body, { key, signal });
          if (method === "POST") answered.add((answer as Deployment).id);
          return answer;
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

  return {
    answered,
    ask,
    untilEnded: async (id) => {
      const until = Date.now() + endsWithin;
      for (;;) {
        const run = await ask<Deployment>("GET", `/deployments/${id}`);
        if (ended(run.status) || Date.now() > until) return run;
        await sleep(200);
      }
    },
  };
}
