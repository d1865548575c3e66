import type { Dispatcher, Pool } from "undici";
import type { Ask } from "./mix.ts";
import type { Outcome } from "./tally.ts";

export interface Asked {
  readonly ask: Ask;
  readonly path: string;
  /** Epoch ms. */
  readonly start: number;
}

/** A request in flight: fails on a status from 400, a broken connection, an incomplete body, or `giveUp`. */
export class Request implements Dispatcher.DispatchHandler {
  readonly asked: Asked;
  readonly #settle: (outcome: Outcome) => void;
  #settled = false;
  #controller: Dispatcher.DispatchController | undefined;
  #status: number | undefined;
  #release: string | undefined;
  #tail: Buffer = Buffer.alloc(0);

  /** `settle` is called once. */
  constructor(asked: Asked, settle: (outcome: Outcome) => void) {
    this.asked = asked;
    this.#settle = settle;
  }

  send(pool: Pool, timeout: number): void {
    const { ask, path } = this.asked;
    try {
      pool.dispatch(
        {
          path,
          method: ask.method,
          headers: ask.body === undefined ? null : { "content-type": "application/json" },
          body: ask.body === undefined ? null : JSON.stringify(ask.body),
          headersTimeout: timeout,
          bodyTimeout: timeout,
        },
        this,
      );
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  /** Fails it now, whether it was sent or still waits for a connection. */
  giveUp(error: string): void {
    if (this.#settled) return;
    this.#end(error);
    this.#controller?.abort(new Error(error));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error("given up"));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.#status = status;
    const release = headers["x-release"];
    this.#release = typeof release === "string" ? release : undefined;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    const length = this.asked.ask.endsWith?.length ?? 0;
    if (length === 0) return;
    this.#tail = chunk.length >= length ? chunk : Buffer.concat([this.#tail, chunk]);
    // A copy: the chunk's memory is undici's.
    this.#tail = Buffer.from(this.#tail.subarray(-length));
  }

  onResponseEnd(): void {
    const { endsWith } = this.asked.ask;
    if ((this.#status ?? 0) >= 400) this.#end(`status ${this.#status}`);
    else if (endsWith !== undefined && this.#tail.toString() !== endsWith) this.#end("incomplete body");
    else this.#end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error & { code?: string }): void {
    this.#end([error.code, error.message].filter(Boolean).join(": "));
  }

  #end(error?: string): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle({
      ...this.asked,
      ...(this.#status !== undefined && { status: this.#status }),
      ...(this.#release !== undefined && { release: this.#release }),
      ...(error !== undefined && { error }),
    });
  }
}
