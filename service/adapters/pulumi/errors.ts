import { Problem } from "../../errors/problem.ts";
import type { Step } from "./job.ts";

/** Another update holds the stack's lock. */
export class StackLocked extends Problem {
  readonly holder: LockHolder | undefined;

  constructor(stack: string, holder: LockHolder | undefined, cause: unknown) {
    const who = holder
      ? `${holder.user}@${holder.host} (process ${holder.pid}) since ${holder.since}`
      : "someone";
    super("stack-locked", {
      detail: `The stack '${stack}' is locked by ${who}.`,
      next: `Wait for that update, or if its process is dead, run \`pulumi cancel --stack ${stack}\`.`,
      cause,
    });
    this.holder = holder;
  }
}

export interface LockHolder {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/** The engine could not change a resource, or the program threw. */
export class UpdateFailed extends Problem {
  /** The resource whose step failed, where one did. */
  readonly resource: string | undefined;

  constructor(
    stack: string,
    what: {
      readonly failed: Step | undefined;
      readonly messages: readonly string[];
      readonly cause?: unknown;
    },
  ) {
    const { failed, messages } = what;
    const at = failed ? ` at the ${failed.op} of ${shortName(failed.urn)}` : "";
    super("update-failed", {
      detail: `Pulumi's update of '${stack}' failed${at}: ${messages[0] ?? "the engine gave no reason."}`,
      next: `Nothing is recorded; see what it names, then deploy again, or run \`pulumi up --stack ${stack}\`.`,
      evidence: messages,
      cause: what.cause,
    });
    this.resource = failed?.urn;
  }
}

/** The stack was last applied with another program, another provider or another configuration. */
export class ProgramMismatch extends Problem {
  constructor(stack: string, refusal: string) {
    super("bad-configuration", {
      detail: refusal,
      next: `Run \`pulumi up --stack ${stack}\` with the version that this service runs, until it succeeds.`,
    });
  }
}

/** The stack is there, but without a whole first update. */
export class StackIncomplete extends Problem {
  constructor(stack: string) {
    super("bad-configuration", {
      detail: `The stack '${stack}' was never applied as a whole: it has no record.`,
      next: `Run \`pulumi up --stack ${stack}\` until it succeeds.`,
    });
  }
}

/** The program found the configuration wrong. */
export class WrongConfiguration extends Problem {
  constructor(message: string) {
    super("bad-configuration", {
      detail: message,
      next: "Change it with `pulumi config set <key> <value>`, then `pulumi up`.",
    });
  }
}

/** `urn:pulumi:prod::turnout::a$aws:ecs/service:Service::green` -> `aws:ecs/service:Service green` */
function shortName(urn: string): string {
  const [, , , types = "", name = ""] = urn.split(/::/).length === 4 ? ["", ...urn.split("::")] : [];
  return types === "" ? urn : `${types.split("$").at(-1) ?? ""} ${name}`;
}
