import type { Clock } from "./clock.ts";

/** Who and where this AWS is. */
export interface Identity {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** What every part of the simulated AWS is made with. */
export interface Ground {
  readonly identity: Identity;
  readonly clock: Clock;
  /** First three octets of this rehearsal's own loopback network: `127.40.12`. .1 is the AWS endpoint. */
  readonly network: string;
  /** A folder of its own for images and task output; it is wiped at start. */
  readonly folder: string;
}
