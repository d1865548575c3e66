import type { Bag, Tags } from "./resourceType.ts";

/** What a stack's configuration says of the provider, as far as it matters here. */
export interface Configuration {
  readonly region?: string;
  readonly defaultTags: Tags;
}

/**
 * Configurations by connection: each run of the engine has its own. They are no state of AWS, but one process serves
 * several stacks at a time, and their default tags may differ.
 */
export class Configurations {
  readonly #byPeer = new Map<string, Configuration>();

  set(peer: string, configuration: Configuration): void {
    this.#byPeer.delete(peer);
    this.#byPeer.set(peer, configuration);
    // A connection that has ended is never asked for again; the oldest goes first.
    for (const oldest of this.#byPeer.keys()) {
      if (this.#byPeer.size <= 100) break;
      this.#byPeer.delete(oldest);
    }
  }

  get(peer: string): Configuration {
    return this.#byPeer.get(peer) ?? { defaultTags: {} };
  }
}

/** Reads the provider's configuration; what is no string comes JSON-encoded. */
export function readConfiguration(args: Bag): Configuration {
  const { region } = args;
  const defaultTags = decoded(args["defaultTags"]) as { readonly tags?: Tags } | undefined;
  return {
    ...(typeof region === "string" && region !== "" && { region }),
    defaultTags: defaultTags?.tags ?? {},
  };
}

function decoded(value: unknown): unknown {
  return typeof value === "string" ? (JSON.parse(value) as unknown) : value;
}
