import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { answerHeaders, type Front, requestHeaders } from "./headers.ts";
import { ownAnswer } from "./ownAnswer.ts";
import { chooseShare, type Forward } from "./rules.ts";
import type { Exchange, Target } from "./target.ts";

export interface Forwarding extends Front {
  /** Milliseconds without a byte after which an exchange is given up. */
  readonly idleTimeout: () => number;
}

/** Sends a request to a target of the action's groups and its answer back. */
export function forward(
  action: Forward,
  request: IncomingMessage,
  response: ServerResponse,
  front: Forwarding,
): void {
  const { share, setCookie } = chooseShare(action, request);
  const target = share?.group.choose();
  if (!share || !target) {
    share?.group.counts.failed(503);
    ownAnswer(response, 503);
    return;
  }
  share.group.counts.requests += 1;
  new Proxying({ target, request, response, front, setCookie, counts: share.group.counts }).send(1);
}

interface Parts {
  readonly target: Target;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly front: Forwarding;
  readonly setCookie: string | undefined;
  readonly counts: { answered(status: number, milliseconds: number): void; failed(status: 502 | 504): void };
}

/** One request on its way through a target. */
class Proxying implements Exchange, Dispatcher.DispatchHandler {
  readonly #parts: Parts;
  readonly #began = performance.now();
  #controller: Dispatcher.DispatchController | undefined;
  #tries = 0;
  #status = 0;
  #isEndless = false;
  #isOver = false;
  #silence: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.target.begin(this);
    parts.response.once("close", () => {
      if (this.#isOver) return;
      this.#over();
      this.#controller?.abort(new Error("the client went away"));
    });
    this.#silence = setTimeout(() => this.#timedOut(), parts.front.idleTimeout());
  }

  send(tries: number): void {
    const { target, request, front } = this.#parts;
    this.#tries = tries;
    const options: Dispatcher.DispatchOptions = {
      path: request.url ?? "/",
      method: request.method as Dispatcher.HttpMethod,
      headers: requestHeaders(request, front),
      body: hasBody(request) ? request : null,
    };
    try {
      target.pool.dispatch(options, this);
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error("the client went away"));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    const { response, setCookie } = this.#parts;
    const headers = answerHeaders((controller.rawHeaders ?? []) as (Buffer | string)[]);
    this.#status = status;
    this.#isEndless = !headers.some((text, at) => at % 2 === 0 && text.toLowerCase() === "content-length");
    if (setCookie) headers.push("Set-Cookie", setCookie);
    response.writeHead(status, headers);
    // A stream's client waits for the head, which node would keep until the first byte.
    if (this.#isEndless) response.flushHeaders();
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    const { response } = this.#parts;
    this.#silence?.refresh();
    if (response.write(piece)) return;
    controller.pause();
    response.once("drain", () => controller.resume());
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#over();
    this.#parts.counts.answered(this.#status, performance.now() - this.#began);
    this.#parts.response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, _error: Error): void {
    if (this.#isOver) return;
    const { request, response, counts } = this.#parts;
    // A kept connection may be closed by the target just as a request is sent on it.
    if (this.#status === 0 && this.#tries < 3 && isRepeatable(request)) {
      this.send(this.#tries + 1);
      return;
    }
    this.#over();
    counts.failed(502);
    if (response.headersSent) response.destroy();
    else ownAnswer(response, 502);
  }

  cut(): void {
    if (this.#isOver) return;
    const { response } = this.#parts;
    this.#over();
    if (response.headersSent && this.#isEndless) response.end();
    else response.destroy();
    this.#controller?.abort(new Error("the target left its group"));
  }

  #timedOut(): void {
    if (this.#isOver) return;
    const { response, counts } = this.#parts;
    this.#over();
    counts.failed(504);
    if (response.headersSent) response.destroy();
    else ownAnswer(response, 504);
    this.#controller?.abort(new Error("idle time-out"));
  }

  #over(): void {
    this.#isOver = true;
    clearTimeout(this.#silence);
    this.#parts.target.end(this);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** May be asked again on another connection when the first was closed before a byte of its answer. */
function isRepeatable(request: IncomingMessage): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(request.method ?? "") && !hasBody(request);
}
