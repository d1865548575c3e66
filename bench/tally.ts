import { build, type Histogram } from "hdr-histogram-js";
import type { Ask } from "./mix.ts";

/** How one request ended. */
export interface Outcome {
  readonly ask: Ask;
  readonly path: string;
  /** When it was meant to start, epoch ms. Latency counts from here, whenever it was really sent. */
  readonly start: number;
  readonly status?: number;
  /** From x-release. */
  readonly release?: string;
  /** Why it failed; absent when it was answered. */
  readonly error?: string;
}

export interface Failure {
  /** ISO time of the failure. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly release: string | null;
  readonly error: string;
  /** Milliseconds since it was meant to start. */
  readonly after: number;
}

/** Milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What one release answered. Times are epoch ms. */
export interface ReleaseCount {
  readonly requests: number;
  readonly firstAnswer: number;
  readonly lastAnswer: number;
  /** The start of the request that started last among those that it answered. */
  readonly lastStart: number;
}

export interface Second {
  /** Since the load began. */
  readonly second: number;
  /** Answers in it, by release. */
  readonly releases: Readonly<Record<string, number>>;
  readonly failed: number;
}

export interface Figures {
  readonly requests: number;
  readonly answered: number;
  readonly failed: number;
  readonly releases: Readonly<Record<string, ReleaseCount>>;
  readonly kinds: Readonly<Record<string, { readonly answered: number; readonly failed: number }>>;
  readonly seconds: readonly Second[];
  readonly latency: Latency;
  /** Of the kinds that are slow by design. */
  readonly slowLatency: Latency;
  /** The first 20. */
  readonly failures: readonly Failure[];
}

const keptFailures = 20;
const longest = 600_000_000;

/** Counts outcomes. `began` is epoch ms. */
export class Tally {
  readonly #began: number;
  #answered = 0;
  #failed = 0;
  readonly #releases = new Map<string, { -readonly [Key in keyof ReleaseCount]: ReleaseCount[Key] }>();
  readonly #kinds = new Map<string, { answered: number; failed: number }>();
  readonly #seconds: { releases: Record<string, number>; failed: number }[] = [];
  readonly #failures: Failure[] = [];
  readonly #latency = microseconds();
  readonly #slowLatency = microseconds();

  constructor(began: number) {
    this.#began = began;
  }

  add(outcome: Outcome, now: number): void {
    const { ask, start, release = "unknown", error } = outcome;
    const kind = this.#kinds.get(ask.name) ?? { answered: 0, failed: 0 };
    this.#kinds.set(ask.name, kind);
    const second = this.#second(now);
    if (error !== undefined) {
      this.#failed += 1;
      kind.failed += 1;
      second.failed += 1;
      if (this.#failures.length < keptFailures) this.#failures.push(describe(outcome, error, now));
      return;
    }
    this.#answered += 1;
    kind.answered += 1;
    second.releases[release] = (second.releases[release] ?? 0) + 1;
    this.#count(release, start, now);
    const histogram = ask.slow === true ? this.#slowLatency : this.#latency;
    histogram.recordValue(Math.min(longest, Math.max(0, Math.round((now - start) * 1000))));
  }

  /** Answers by release, and failures, of the last whole second. */
  lastSecond(now: number): Omit<Second, "second"> {
    const index = Math.floor((now - this.#began) / 1000) - 1;
    return this.#seconds[index] ?? { releases: {}, failed: 0 };
  }

  figures(): Figures {
    return {
      requests: this.#answered + this.#failed,
      answered: this.#answered,
      failed: this.#failed,
      releases: Object.fromEntries([...this.#releases].map(([name, count]) => [name, { ...count }])),
      kinds: Object.fromEntries([...this.#kinds].map(([name, count]) => [name, { ...count }])),
      seconds: this.#seconds.map(({ releases, failed }, second) => ({
        second,
        releases: { ...releases },
        failed,
      })),
      latency: latencyOf(this.#latency),
      slowLatency: latencyOf(this.#slowLatency),
      failures: [...this.#failures],
    };
  }

  #second(now: number) {
    const index = Math.max(0, Math.floor((now - this.#began) / 1000));
    while (this.#seconds.length <= index) this.#seconds.push({ releases: {}, failed: 0 });
    return this.#seconds[index] as { releases: Record<string, number>; failed: number };
  }

  #count(release: string, start: number, now: number): void {
    const count = this.#releases.get(release);
    if (count === undefined) {
      this.#releases.set(release, { requests: 1, firstAnswer: now, lastAnswer: now, lastStart: start });
      return;
    }
    count.requests += 1;
    count.lastAnswer = now;
    count.lastStart = Math.max(count.lastStart, start);
  }
}

function describe({ ask, path, start, status, release }: Outcome, error: string, now: number): Failure {
  return {
    at: new Date(now).toISOString(),
    method: ask.method,
    path,
    status: status ?? null,
    release: release ?? null,
    error,
    after: Math.round(now - start),
  };
}

function microseconds(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longest,
    numberOfSignificantValueDigits: 3,
  });
}

export function latencyOf(histogram: Histogram): Latency {
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000;
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: histogram.maxValue / 1000 };
}
