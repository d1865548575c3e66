import { Problem } from "./problem.ts";

export class UnknownStack extends Problem {
  constructor(stack: string, known: readonly string[] = []) {
    super("unknown-stack", {
      detail: `There is no stack '${stack}'.${known.length > 0 ? ` Known: ${known.join(", ")}.` : ""}`,
      next: "Create it with `pulumi up --stack <name>`, or name one that exists.",
    });
  }
}

export class UnknownImage extends Problem {
  constructor(what: {
    readonly image: string;
    readonly repository: string;
    readonly why: string;
    readonly cause?: unknown;
  }) {
    super("unknown-image", {
      detail: `'${what.image}' can't be deployed: ${what.why}.`,
      next: `Push it to ${what.repository} first, or name a tag that is there.`,
      cause: what.cause,
    });
  }
}

export class UnknownEngine extends Problem {
  constructor(engine: string, known: readonly string[]) {
    super("unknown-engine", {
      detail: `There is no engine '${engine}'. Engines: ${known.join(", ")}.`,
      next: `Leave "engine" out, or use one of: ${known.join(", ")}.`,
    });
  }
}

export class NotInPlace extends Problem {
  constructor(what: {
    readonly stack: string;
    readonly key: string;
    readonly from: string | number;
    readonly to: string | number;
  }) {
    super("not-in-place", {
      detail: `The live release of '${what.stack}' has ${what.key} ${what.from}, the new one ${what.to}: one service can't have both while its tasks are replaced.`,
      next: `Deploy it with {"engine":"blue-green"}, or take turnout:${what.key} back to ${what.from} and \`pulumi up\`.`,
    });
  }
}

export class AlreadyLive extends Problem {
  constructor(tag: string, colour: string) {
    super("already-live", {
      detail: `${tag} is already live, on ${colour}, with the same image digest and the same settings.`,
      next: "Push another image, or change its settings with `pulumi config set`, then `pulumi up`.",
    });
  }
}

export class Busy extends Problem {
  constructor(running: { readonly id: string; readonly kind: string; readonly stack: string }) {
    super("busy", {
      detail: `The stack '${running.stack}' is busy with the ${running.kind} ${running.id}.`,
      next: `Watch it with GET /deployments/${running.id}, stop it with POST /deployments/${running.id}/cancel.`,
    });
  }
}

export class KeyReused extends Problem {
  constructor(key: string, first: { readonly id: string; readonly kind: string }) {
    super("idempotency-key-reused", {
      detail: `The Idempotency-Key '${key}' was sent before with another request, which began the ${first.kind} ${first.id}.`,
      next: `Send a new key for a new request; the first one's run is GET /deployments/${first.id}.`,
    });
  }
}

export class Overtaken extends Problem {
  constructor(stack: string) {
    super("overtaken", {
      detail: `Somebody took the right of way on '${stack}' before this run wrote; nothing was written.`,
      next: `See GET /stacks/${stack}, and GET /deployments?stack=${stack} for who did.`,
    });
  }
}

export class DatabaseAway extends Problem {
  constructor(cause: unknown) {
    super("database-away", {
      detail: `The service's database does not answer: ${cause instanceof Error ? cause.message : String(cause)}. Runs wait where they are, and go on when it is back.`,
      next: "Send the request again in a second, with the same Idempotency-Key if it had one.",
      cause,
    });
  }
}

export class UnknownDeployment extends Problem {
  constructor(id: string) {
    super("unknown-deployment", {
      detail: `There is no deployment '${id}'.`,
      next: "List them with GET /deployments.",
    });
  }
}

export class AlreadyEnded extends Problem {
  constructor(run: {
    readonly id: string;
    readonly kind: string;
    readonly status: string;
    readonly stack: string;
  }) {
    super("already-ended", {
      detail: `The ${run.kind} ${run.id} has ended: ${run.status}.`,
      next: `To give traffic back to the former release: POST /stacks/${run.stack}/undo.`,
    });
  }
}

export class NothingToUndo extends Problem {
  constructor(what: { readonly stack: string; readonly why: string; readonly forward?: string }) {
    const image = what.forward ?? "<image>";
    super("nothing-to-undo", {
      detail: `There is nothing to undo on '${what.stack}': ${what.why}.`,
      next: `To go forward: POST /deployments {"stack":"${what.stack}","image":"${image}"}.`,
    });
  }
}

export class Migrated extends Problem {
  constructor(stack: string, tag: string) {
    super("migrated", {
      detail: `${tag} ran a migration that is not declared compatible with the release before it.`,
      next: `If the former release runs on the new schema: POST /stacks/${stack}/undo {"acceptMigrated":true}.`,
    });
  }
}

export class Drift extends Problem {
  constructor(
    difference: string,
    stack: string,
    next = `See GET /stacks/${stack}; put it back by hand, or find out who did it, then try again.`,
  ) {
    super("drift", { detail: `${difference} Nothing of this service did that.`, next });
  }
}
