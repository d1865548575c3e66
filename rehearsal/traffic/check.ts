import { request } from "node:http";

export interface Check {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Statuses that are right. */
  readonly isRight: (status: number) => boolean;
}

/** The outcome of one health check, with AWS's reason for a failed one. */
export type Checked =
  | { readonly passed: true }
  | { readonly passed: false; readonly reason: string; readonly description: string };

/** Asks a target once, on a connection of its own. Never rejects. */
export function check(
  { address, port, path, timeout, isRight }: Check,
  signal: AbortSignal,
): Promise<Checked> {
  return new Promise((resolve) => {
    const failed = (reason: string, description: string): void =>
      resolve({ passed: false, reason, description });
    const asked = request(
      {
        ...{ host: address, port, path, agent: false, signal, timeout },
        headers: { "User-Agent": "ELB-HealthChecker/2.0", Host: `${address}:${port}`, Connection: "close" },
      },
      (answer) => {
        answer.resume();
        const status = answer.statusCode ?? 0;
        if (isRight(status)) resolve({ passed: true });
        else failed("Target.ResponseCodeMismatch", `Health checks failed with these codes: [${status}]`);
      },
    );
    asked.once("timeout", () => {
      failed("Target.Timeout", "Request timed out");
      asked.destroy();
    });
    asked.once("error", () => failed("Target.FailedHealthChecks", "Health checks failed"));
    asked.end();
  });
}
