import { Problem, problems, type Code } from "../../service/errors/problem.ts";

/** A call to one of the service's ports, as it goes from a worker to the test's process. */
export interface Call {
  readonly port:
    "stacks" | "traffic" | "tasks" | "revisions" | "oneOffs" | "logs" | "images" | "questions" | "clock";
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Something that a worker wants to do or has done; it goes on when it gets its answer. */
export interface Ask {
  readonly ask: number;
  readonly stack: string;
  /** Undefined where a request asks, not a run. */
  readonly run?: string;
  /** The journal's name of what the run is about to record. */
  readonly step?: string;
  readonly what:
    | { readonly call: Call }
    /** `begin` before the step acts, `acted` before it is recorded, `recorded` after it; `heard` when a message came. */
    | { readonly moment: "begin" | "acted" | "recorded" | "heard" };
}

/** Milliseconds since 1970 on the stack's own clock come with each answer, since `Clock.now` does not wait. */
export interface Answer {
  readonly answer: number;
  readonly now: number;
  readonly value?: unknown;
  readonly thrown?: Thrown;
}

/** What a worker is told to do: a request of a customer. */
export interface Command {
  readonly command: number;
  readonly name: "deploy" | "undo" | "rest" | "warm" | "start" | "send";
  readonly stack: string;
  readonly args: readonly unknown[];
}

export interface Done {
  readonly done: number;
  readonly value?: unknown;
  readonly thrown?: Thrown;
}

export type FromWorker = Ask | Done | { readonly ready: true };
export type ToWorker = Answer | Command;

/** An error between two processes. */
export interface Thrown {
  readonly message: string;
  readonly code?: string;
  readonly next?: string;
  readonly evidence?: readonly string[];
}

export function toThrown(error: unknown): Thrown {
  if (!(error instanceof Problem)) return { message: error instanceof Error ? error.message : String(error) };
  const { code, message, next, evidence } = error;
  return { code, message, next, evidence };
}

export function fromThrown({ message, code, next = "", evidence = [] }: Thrown): Error {
  return code !== undefined && code in problems
    ? new Problem(code as Code, { detail: message, next, evidence })
    : new Error(message);
}
