import { check } from "../../traffic/check.ts";
import type { Clock } from "../clock.ts";
import type { RegisteredTarget } from "./registeredTarget.ts";
import { refuse } from "./refusals.ts";

/** A target group's health check; seconds, and counts of checks in a row. */
export interface HealthCheck {
  readonly path: string;
  readonly port: string;
  readonly protocol: "HTTP";
  readonly interval: number;
  readonly timeout: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** `200`, `200,202` or `200-299`. */
  readonly matcher: string;
}

/** Until a new target's first check, milliseconds: AWS's own registration takes about this. */
const registration = 1_000;

interface Watch {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Read before each check. */
  readonly settings: () => HealthCheck;
  readonly changed: () => void;
}

/** Checks a target again and again and keeps its health, until aborted. */
export async function keepChecking(target: RegisteredTarget, watch: Watch): Promise<void> {
  const { clock, signal, settings, changed } = watch;
  let passed = 0;
  let failed = 0;
  let wait = registration;
  for (;;) {
    await clock.delay(wait, signal).catch(() => {});
    if (signal.aborted) return;
    const { path, port, interval, timeout, matcher, healthyThreshold, unhealthyThreshold } = settings();
    const outcome = await check(
      {
        ...{ address: target.address, port: port === "traffic-port" ? target.port : Number(port), path },
        ...{ timeout: timeout * 1000, isRight: compileMatcher(matcher) },
      },
      signal,
    );
    // The controller is gone through by others while the check was under way.
    if ((signal as { readonly aborted: boolean }).aborted) return;
    wait = interval * 1000;
    const before = target.health;
    passed = outcome.passed ? passed + 1 : 0;
    failed = outcome.passed ? 0 : failed + 1;
    // A new target is healthy after one check; one that was unhealthy needs the threshold.
    if (outcome.passed && (before.State === "initial" || passed >= healthyThreshold))
      target.health = { State: "healthy" };
    else if (!outcome.passed && failed >= unhealthyThreshold)
      target.health = {
        State: "unhealthy",
        Reason: outcome.reason as never,
        Description: outcome.description,
      };
    else if (before.State === "initial")
      target.health = {
        ...{ State: "initial", Reason: "Elb.InitialHealthChecking" },
        Description: "Initial health checks in progress",
      };
    if (target.health.State !== before.State) changed();
  }
}

/** @throws AwsError for a matcher that is none */
export function compileMatcher(text: string): (status: number) => boolean {
  const ranges = text.split(",").map((part) => {
    const [, from, to = from] = /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part) ?? [];
    if (from === undefined)
      throw refuse.invalid(`Health check matcher '${text}' is not valid: 200, 200,202 or 200-299`);
    return [Number(from), Number(to)] as const;
  });
  return (status) => ranges.some(([from, to]) => status >= from && status <= to);
}
