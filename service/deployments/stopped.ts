import { Problem } from "../errors/problem.ts";
import type { Message } from "../ports/runs.ts";

/** Somebody stopped the run from outside: the reason that its signal is aborted with. */
export class Stopped extends Problem {
  readonly by: "cancel" | "undo";

  constructor(by: "cancel" | "undo", stack: string) {
    super("stopped-by-request", {
      detail:
        by === "cancel"
          ? "Somebody cancelled the deployment."
          : "Somebody undid the deployment while it ran.",
      next: `To try again: POST /deployments {"stack":"${stack}","image":"<image>"}.`,
    });
    this.by = by;
  }
}

export function stops(message: Message): message is { readonly kind: "cancel" | "undo" } {
  return message.kind !== "promote";
}
