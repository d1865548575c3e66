import type { FastifyRequest } from "fastify";

/** Aborted when the caller has gone away before the answer. */
export function untilGone(request: FastifyRequest): AbortSignal {
  const gone = new AbortController();
  const { socket } = request.raw;
  const abort = () => gone.abort();
  socket.once("close", abort);
  if (socket.destroyed) abort();
  return gone.signal;
}
