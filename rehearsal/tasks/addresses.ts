/** The first and last host of a rehearsal's network that are for tasks: below lie the endpoint and the load balancers. */
const first = 10;
const last = 254;

/**
 * The addresses that tasks have for themselves, each on a loopback network of its rehearsal.
 * An address that was given back longest ago is the next, so that nobody who still talks to a former task meets another.
 */
export class Addresses {
  readonly #free: string[];

  /** `network` is the first three octets: `127.40.12`. */
  constructor(network: string) {
    this.#free = Array.from({ length: last - first + 1 }, (_, host) => `${network}.${first + host}`);
  }

  /** An address that nobody has, or undefined where all are taken. */
  claim(): string | undefined {
    return this.#free.shift();
  }

  release(address: string): void {
    if (!this.#free.includes(address)) this.#free.push(address);
  }
}
