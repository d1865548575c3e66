import { Pool } from "undici";

/** One request or stream that a target is answering. */
export interface Exchange {
  /** Ends it from the balancer's side: a stream cleanly, an answer of known length by breaking it off. */
  cut(): void;
}

/** A place that answers requests: connections to it, and what it is answering now. */
export class Target {
  readonly address: string;
  readonly port: number;
  readonly pool: Pool;
  readonly exchanges = new Set<Exchange>();
  /** When it began to get requests, epoch milliseconds; slow start counts from here. */
  admitted = 0;
  readonly #idle: (() => void)[] = [];

  constructor(address: string, port: number) {
    this.address = address;
    this.port = port;
    this.pool = new Pool(`http://${address}:${port}`, {
      // An answer may be slow or never end: the listener's idle time-out is what ends it.
      ...{ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 5_000 } },
      ...{ pipelining: 1, keepAliveTimeout: 30_000 },
    });
  }

  begin(exchange: Exchange): void {
    this.exchanges.add(exchange);
  }

  end(exchange: Exchange): void {
    if (!this.exchanges.delete(exchange) || this.exchanges.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when nothing is in flight. */
  async idle(): Promise<void> {
    if (this.exchanges.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Cuts what is still in flight and closes the connections. */
  async close(): Promise<void> {
    for (const exchange of [...this.exchanges]) exchange.cut();
    await this.pool.destroy();
  }
}
