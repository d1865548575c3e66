import { Agent, request } from "undici";
import type { Outputs, SmokeQuestion } from "../../../infra/outputs.ts";
import type { Questions } from "../../ports/questions.ts";

/** Smoke questions over HTTP: to the load balancer's address, with the Host that customers ask for. */
export function createQuestions(outputs: Outputs): Questions {
  const { loadBalancer, host } = outputs;
  const listeners = { test: loadBalancer.testUrl, production: loadBalancer.url };
  return {
    ask: async (listener, question, signal) => {
      // A connection of its own each time: one kept open would go on speaking to the colour that it was opened to.
      const dispatcher = new Agent({ pipelining: 0, connect: { servername: host.split(":", 1)[0] ?? host } });
      const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceFor(question))]);
      const start = performance.now();
      try {
        const answer = await request(new URL(question.path, listeners[listener]), {
          dispatcher,
          method: question.method ?? "GET",
          headers: { ...question.headers, host },
          signal: patience,
          ...(question.body === undefined ? {} : { body: question.body }),
        });
        const body = await answer.body.text();
        return {
          status: answer.statusCode,
          headers: flat(answer.headers),
          body,
          ms: performance.now() - start,
        };
      } finally {
        void dispatcher.close();
      }
    },
  };
}

/** Milliseconds; longer than allowed, so that a slow answer is called slow and not lost. */
function patienceFor({ within = 2000 }: SmokeQuestion): number {
  return within * 3;
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
