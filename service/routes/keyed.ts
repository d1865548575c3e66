import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { idempotencyKey } from "../deployments/idempotency.ts";
import { never } from "../deployments/never.ts";
import type { IdempotencyKey } from "../ports/runs.ts";
import { untilGone } from "./untilGone.ts";

/** The header of requests that may be sent again without being carried out again. */
export const keyHeader = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: "Any name for this request: sent again with the same body it gets the first one's answer.",
    }),
  ),
});

/** A request's key, and how long its caller is waited for: with a key it is carried out even when the caller has gone. */
export function keyed(
  request: FastifyRequest,
  reply: FastifyReply,
): { readonly signal: AbortSignal; readonly key?: IdempotencyKey } {
  const value = request.headers["idempotency-key"];
  if (typeof value !== "string") return { signal: untilGone(reply) };
  const body = typeof request.body === "object" && request.body !== null ? request.body : {};
  return { signal: never(), key: idempotencyKey(value, { ...body, "": `${request.method} ${request.url}` }) };
}
