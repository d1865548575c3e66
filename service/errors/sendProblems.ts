import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { detailsOf } from "./details.ts";
import { Problem, type ProblemDetails } from "./problem.ts";

/** The one place where errors become HTTP (RFC 9457). */
export function sendProblems(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const details = ofFastify(error) ?? detailsOf(error);
    if (details.status >= 500) request.log.error(error);
    if (details.status === 401) reply.header("www-authenticate", 'Bearer realm="turnout"');
    if (details.status === 503) reply.header("retry-after", "1");
    return send(reply, details);
  });
  app.setNotFoundHandler((request, reply) =>
    send(
      reply,
      detailsOf(
        new Problem("not-found", {
          detail: `There is no ${request.method} ${request.url}.`,
          next: "GET /docs shows what there is.",
        }),
      ),
    ),
  );
}

function send(reply: FastifyReply, details: ProblemDetails): FastifyReply {
  return reply
    .code(details.status)
    .type("application/problem+json")
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(details);
}

/** What Fastify itself refused: a body that does not fit its schema, no JSON, too large, no token. */
function ofFastify(error: FastifyError): ProblemDetails | undefined {
  if (error instanceof Problem) return undefined;
  if (error.code?.startsWith("FST_BEARER_AUTH")) return detailsOf(noToken());
  if (error.validation) return detailsOf(wrongShape(error));
  const { statusCode } = error;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  const problem = new Problem("bad-request", {
    detail: error.message,
    next: "GET /docs shows what each request takes.",
  });
  return { ...detailsOf(problem), status: statusCode };
}

function noToken(): Problem {
  return new Problem("unauthorized", {
    detail: "The request has no token, or one that is not known.",
    next: "Send the header `Authorization: Bearer <token>`.",
  });
}

function wrongShape({ validation = [], validationContext }: FastifyError): Problem {
  const wrong = validation.map(({ instancePath, message, params }) => {
    const named = params["additionalProperty"] ?? params["missingProperty"];
    const field = typeof named === "string" ? `${instancePath}/${named}` : instancePath;
    const allowed = Array.isArray(params["allowedValues"]) ? `: ${params["allowedValues"].join(", ")}` : "";
    return `${validationContext ?? "request"}${field} ${message ?? "is wrong"}${allowed}`;
  });
  return new Problem("bad-request", {
    detail: wrong.join("; "),
    evidence: wrong,
    next: "GET /docs shows what each request takes.",
  });
}
