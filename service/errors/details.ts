import { Problem, problems, type ProblemDetails } from "./problem.ts";

/** Any thrown thing as problem details; what nobody expected keeps its message and gets the code `unexpected`. */
export function detailsOf(error: unknown): ProblemDetails {
  if (error instanceof Problem) return ofProblem(error);
  if (isAwsError(error)) {
    return ofProblem(
      new Problem("aws", {
        detail: `AWS answered ${error.name}: ${error.message}`,
        next: "Look at what the message names, then try again.",
        cause: error,
      }),
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return ofProblem(
    new Problem("unexpected", {
      detail: message,
      next: "The service's log has the whole error; try again, and report it if it comes back.",
      cause: error,
    }),
  );
}

function ofProblem(problem: Problem): ProblemDetails {
  const { status, title } = problems[problem.code];
  return {
    type: `/docs/problems#${problem.code}`,
    title,
    status,
    detail: problem.message,
    code: problem.code,
    next: problem.next,
    ...(problem.evidence.length > 0 ? { evidence: problem.evidence } : {}),
  };
}

/** The SDK's service exceptions all carry `$metadata`. */
function isAwsError(error: unknown): error is Error & { readonly $metadata: object } {
  return error instanceof Error && "$metadata" in error;
}
