import type { SmokeQuestion } from "../../infra/outputs.ts";

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Until the last byte of the body. */
  readonly ms: number;
}

/** Asks as a customer would: production's Host header, a connection of its own. */
export interface Questions {
  /** Throws the connection's own error; does not throw on a status. Gives up after three times the question's `within`. */
  ask(listener: "test" | "production", question: SmokeQuestion, signal: AbortSignal): Promise<Answer>;
}
