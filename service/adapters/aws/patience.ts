import { NodeHttpHandler } from "@smithy/node-http-handler";

/** Milliseconds that the first try waits for its answer, twice that the next one, and so on up to the longest. */
const first = 1500;
const longest = 10_000;

/** Of the try, the first one is 1: how the SDK tells AWS. */
const attempt = /attempt=(\d+)/;

/**
 * Sends the SDK's requests, and waits longer for an answer from try to try. The SDK by itself waits for as long as the
 * connection stands, and an answer that was lost on the way never comes. AWS answers the calls of this service within
 * 1 s, and somebody waits for an undo: so a silence is soon taken for a loss. Where AWS is only slow, a later try
 * waits long enough; what was carried out twice by then was absolute, or bore a token.
 */
export class Patience extends NodeHttpHandler {
  constructor() {
    super({
      connectionTimeout: 2000,
      // Without it a late answer is only logged.
      throwOnRequestTimeout: true,
      // A silence in the middle of an answer.
      socketTimeout: longest,
    });
  }

  override handle(...[request, options]: Parameters<NodeHttpHandler["handle"]>) {
    const tried = Number(attempt.exec(request.headers["amz-sdk-request"] ?? "")?.[1] ?? 1);
    return super.handle(request, {
      ...options,
      requestTimeout: Math.min(first * 2 ** (tried - 1), longest),
    });
  }
}
