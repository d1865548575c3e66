import { refusals } from "../../../infra/refusals.ts";
import type { Problem } from "../../errors/problem.ts";
import { UnknownStack } from "../../errors/refusals.ts";
import { CliFailed } from "./cli.ts";
import { type LockHolder, ProgramMismatch, StackLocked, UpdateFailed, WrongConfiguration } from "./errors.ts";
import type { Diagnostic, Result, Step } from "./job.ts";

/**
 * The one place that reads the CLI's words. It has no codes of its own, so its messages (3.258) are matched here.
 * @returns the error that a caller can act on; for what nobody knows, an UpdateFailed with all that the CLI said.
 */
export function explain(stack: string, failure: Extract<Result, { kind: "failed" }> | CliFailed): Problem {
  const { output } = failure;
  const diagnostics: readonly Diagnostic[] = failure instanceof CliFailed ? [] : failure.diagnostics;
  const failed: Step | undefined = failure instanceof CliFailed ? undefined : failure.failed;
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(text)
    .filter(says);
  const cause = failure instanceof CliFailed ? failure : new CliFailed(["up"], failure.exitCode, output);

  if (/no stack named|could not find stack|does not exist/i.test(output) && errors.length === 0)
    return new UnknownStack(stack);
  if (/currently locked by/.test(output)) return new StackLocked(stack, lockHolder(output), cause);
  const refused = errors.find((message) =>
    Object.values(refusals).some((refusal) => message.includes(refusal)),
  );
  if (refused) return new ProgramMismatch(stack, refused);
  const wrong = errors.find((message) => message.includes("The configuration is not right"));
  if (wrong) return new WrongConfiguration(wrong);
  const killed = failure.exitCode === null ? ["the Pulumi CLI was killed."] : [];
  const messages = [...killed, ...errors, ...(errors.length > 0 ? [] : lines(output))];
  return new UpdateFailed(stack, { failed, messages, cause });
}

/** True where the program refused to run because its configuration is not the one that was last applied. */
export function isStaleConfiguration(result: Result): boolean {
  return (
    result.kind === "failed" &&
    result.diagnostics.some(({ message }) => message.includes(refusals.configuration))
  );
}

/** `created by ann@laptop (pid 4711) at 2026-11-01T10:00:00Z` */
function lockHolder(output: string): LockHolder | undefined {
  const [, user, host, pid, since] = /created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/.exec(output) ?? [];
  return user && host && pid && since ? { user, host, pid: Number(pid), since } : undefined;
}

function text({ message }: Diagnostic): string {
  return message.replace(/^error: /, "");
}

/** False for what follows from another error. */
function says(message: string): boolean {
  return message !== "update failed" && !/client connection is closing|monitor is terminating/.test(message);
}

function lines(output: string): readonly string[] {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-20);
}
