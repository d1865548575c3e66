import type { Deployment, Kind } from "../deployments/deployment.ts";
import type { Order } from "../deployments/order.ts";
import type { Status } from "../deployments/status.ts";

/** A word from outside to a run at work. */
export type Message = { readonly kind: "cancel" } | { readonly kind: "undo" } | { readonly kind: "promote" };

export interface RunQuery {
  readonly stack?: string;
  readonly status?: Status;
  readonly kind?: readonly Kind[];
  /** Newest first; default 50. */
  readonly limit?: number;
}

/** A run to start: its order, and how it looks to a reader before its first step. */
export interface NewRun {
  readonly order: Order;
  readonly view: Deployment;
}

/** Runs that outlive the process which started them. */
export interface Runs {
  /**
   * Starts the run, or lets it wait until its view's `dueAt`. Starting an id twice is starting it once.
   * Runs of one stack go one at a time; throws Busy when another one than a rest is under way.
   */
  start(run: NewRun): Promise<Deployment>;
  /** Leaves a message for a run, which hears it at once. Throws AlreadyEnded, UnknownDeployment. */
  send(id: string, message: Message): Promise<void>;
  /** With `newerThan` it waits for a revision after that one, or for the signal, whichever comes first. */
  get(
    id: string,
    wait?: { readonly newerThan: number; readonly signal: AbortSignal },
  ): Promise<Deployment | undefined>;
  list(query: RunQuery): Promise<readonly Deployment[]>;
}

/** What a run writes itself into, so that the next process can go on from its last finished step. */
export interface Journal {
  readonly id: string;
  /**
   * Acts, and records the answer (JSON); a run that is taken up again gets the recorded answer and does not act.
   * An act that was cut off is done again, so it looks before it acts. `name` is unique in the run.
   */
  once<T>(name: string, act: () => Promise<T>): Promise<T>;
  /** Shows readers how the run looks now. */
  report(view: Deployment): Promise<void>;
  /** All messages so far, oldest first; with `after` it waits until there are more than so many. */
  messages(wait?: { readonly after: number; readonly signal: AbortSignal }): Promise<readonly Message[]>;
  /** Takes no message any more (`send` throws AlreadyEnded), and answers all that came. */
  close(): Promise<readonly Message[]>;
  /** Starts another run from inside this one, once. */
  follow(run: NewRun): Promise<void>;
  readonly list: Runs["list"];
}
