import { EventSourceParserStream } from "eventsource-parser/stream";
import type { Deployment } from "../service/deployments/deployment.ts";
import type { News } from "../service/deployments/news.ts";
import type { ProblemDetails } from "../service/errors/problem.ts";
import type { Connection } from "./connection.ts";

/** Where the service answers, and what lets one in. */
export type ServiceAt = Pick<Connection, "service" | "token">;

/** The service refused. The message is its own: what happened, and what to type next. */
export class Refused extends Error {
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails) {
    super(`${problem.detail} ${problem.next}`);
    this.name = "Refused";
    this.problem = problem;
  }
}

/**
 * One call of the service's API.
 *
 * @param given.key its Idempotency-Key
 * @throws Refused
 */
export async function callApi<Answer>(
  { service, token }: ServiceAt,
  method: "GET" | "POST",
  path: string,
  body?: object,
  given: { readonly key?: string; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const { key, signal } = given;
  const answer = await fetch(`${service}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { "content-type": "application/json" }),
      ...(key && { "idempotency-key": key }),
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const said: unknown = await answer.json();
  if (!answer.ok) throw new Refused(said as ProblemDetails);
  return said as Answer;
}

/** A run as it looks after each thing that happens to it, until its end. */
export async function* follow({ service, token }: ServiceAt, id: string): AsyncGenerator<Deployment> {
  const answer = await fetch(`${service}/deployments/${id}/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok || !answer.body) throw new Refused((await answer.json()) as ProblemDetails);
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  let run: Deployment | undefined;
  for await (const { event, data } of events) {
    run = told(run, { event, data: JSON.parse(data) as unknown } as News);
    yield run;
  }
}

/** The run with one thing more known of it; the first event is the whole of it. */
function told(run: Deployment | undefined, news: News): Deployment {
  if (news.event === "deployment" || news.event === "end") return news.data;
  if (!run) throw new Error(`the events of a run began with '${news.event}'`);
  switch (news.event) {
    case "step":
      return { ...run, steps: run.steps.map((step) => (step.name === news.data.name ? news.data : step)) };
    case "weights":
      return { ...run, weights: news.data };
    case "status":
      return { ...run, ...news.data };
  }
}
