import { EventSourceParserStream } from "eventsource-parser/stream";
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

/** One call of the service's API. @throws Refused */
export async function callApi<Answer>(
  { service, token }: ServiceAt,
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await fetch(`${service}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const said: unknown = await answer.json();
  if (!answer.ok) throw new Refused(said as ProblemDetails);
  return said as Answer;
}

/** A run as it happens, until its end. */
export async function* follow({ service, token }: ServiceAt, id: string): AsyncGenerator<News> {
  const answer = await fetch(`${service}/deployments/${id}/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok || !answer.body) throw new Refused((await answer.json()) as ProblemDetails);
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of events) yield { event, data: JSON.parse(data) as unknown } as News;
}
