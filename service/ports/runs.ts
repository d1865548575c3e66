import type { Deployment, Kind } from "../deployments/deployment.ts";
import type { Order } from "../deployments/order.ts";
import type { Status } from "../deployments/status.ts";

/** A word from outside to a run at work. */
export type Message =
  | { readonly kind: "cancel" }
  | { readonly kind: "undo"; readonly acceptMigrated?: boolean }
  | { readonly kind: "promote" };

export interface RunQuery {
  readonly stack?: string;
  readonly status?: Status;
  readonly kind?: readonly Kind[];
  /** Newest first; default 50. */
  readonly limit?: number;
  /** Only runs older than this one. */
  readonly before?: { readonly createdAt: string; readonly id: string };
}

/** What becomes of a run that comes while another one is at work on its stack. */
export const onBusy = ["reject", "queue", "supersede"] as const;
export type OnBusy = (typeof onBusy)[number];

/** A run to start: its order, and how it looks to a reader before its first step. */
export interface NewRun {
  readonly order: Order;
  readonly view: Deployment;
  /** Default reject. `supersede` also ends those that wait already. */
  readonly onBusy?: OnBusy;
  /** The caller's own name for the request, and a digest of what it asked for. */
  readonly key?: IdempotencyKey;
  /** The stack's epoch before anything was looked at for it. */
  readonly seenAt?: string;
  /** Set by the store where others were before it: what was seen when it was asked for may be old. */
  readonly waited?: true;
}

export interface IdempotencyKey {
  readonly value: string;
  readonly request: string;
}

/** What a run is about: going forward, or taking everything back. */
export type Phase = "forward" | "back";

/** Runs that outlive the process which started them. */
export interface Runs {
  /**
   * Starts the run, or lets it wait until its view's `dueAt`. Starting an id twice is starting it once, and so is
   * starting a key twice: both answer the first one's view before its first step.
   * Runs of one stack go one at a time, in order of arrival; throws Busy when another one than a rest is under way and
   * the run is not to wait, KeyReused when its key was another request's. An undo ends the deployments that wait.
   */
  start(run: NewRun): Promise<Deployment>;
  /** What `start` or `send` with this key answered, if anybody asked before. Throws KeyReused. */
  byKey(key: IdempotencyKey): Promise<Deployment | undefined>;
  /** Changes whenever a run of the stack begins or ends: equal before and after means that none did in between. */
  epoch(stack: string): Promise<string>;
  /**
   * Leaves a message for a run, which hears it at once; one that still waits is ended by a cancel there and then.
   * Answers how the run looked; a key that is known leaves nothing and gets the first answer again.
   * After an undo's message no step of the run moves traffic forward any more. Throws AlreadyEnded, UnknownDeployment,
   * KeyReused, and Migrated for an undo after the point of no return that does not accept the migration.
   */
  send(id: string, message: Message, key?: IdempotencyKey): Promise<Deployment>;
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
   * Takes the stack's right of way for this run: whoever had it before can't write to the load balancer any more.
   * False when the run was ended while it waited.
   */
  take(phase: Phase): Promise<boolean>;
  /**
   * Resolves while this run may write to AWS: this process has it in hand, and nobody took the right of way since the
   * run did. Throws Overtaken.
   */
  mayWrite(): Promise<void>;
  /**
   * Acts while nobody else may write to the stack's load balancer. Throws Overtaken, without acting, when somebody took
   * the right of way since this run did.
   */
  exclusively<T>(act: () => Promise<T>): Promise<T>;
  /** Whether this run began with the change of the code that bears this name, or comes to it only now. */
  knows(change: string): Promise<boolean>;
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
  /** From now on an undo has to accept the migration (`send` throws Migrated); answers all messages that came before. */
  passNoReturn(): Promise<readonly Message[]>;
  /** Starts another run from inside this one, once. */
  follow(run: NewRun): Promise<void>;
  readonly list: Runs["list"];
}
