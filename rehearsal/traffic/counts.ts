import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

export interface CountsShown {
  readonly requests: number;
  /** Answers of targets by class. */
  readonly target2xx: number;
  readonly target3xx: number;
  readonly target4xx: number;
  readonly target5xx: number;
  /** Answers of the balancer itself: no target, a broken one, a silent one. */
  readonly balancer502: number;
  readonly balancer503: number;
  readonly balancer504: number;
  /** Streams that were upgraded: WebSockets. */
  readonly upgrades: number;
  /** Milliseconds from the request to the last byte of its answer. */
  readonly p50: number;
  readonly p99: number;
}

/** What a group did with its requests since it was made. */
export class Counts {
  requests = 0;
  upgrades = 0;
  readonly #classes = [0, 0, 0, 0, 0, 0];
  readonly #own = new Map<number, number>();
  readonly #latency: RecordableHistogram = createHistogram();

  answered(status: number, milliseconds: number): void {
    const kind = Math.floor(status / 100);
    this.#classes[kind] = (this.#classes[kind] ?? 0) + 1;
    this.#latency.record(Math.max(1, Math.round(milliseconds * 1000)));
  }

  failed(status: 502 | 503 | 504): void {
    this.#own.set(status, (this.#own.get(status) ?? 0) + 1);
  }

  shown(): CountsShown {
    const [, , target2xx = 0, target3xx = 0, target4xx = 0, target5xx = 0] = this.#classes;
    const own = (status: number) => this.#own.get(status) ?? 0;
    return {
      ...{ requests: this.requests, target2xx, target3xx, target4xx, target5xx, upgrades: this.upgrades },
      ...{ balancer502: own(502), balancer503: own(503), balancer504: own(504) },
      ...{ p50: this.#latency.percentile(50) / 1000, p99: this.#latency.percentile(99) / 1000 },
    };
  }
}
