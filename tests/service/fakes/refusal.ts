import { Problem } from "../../../service/errors/problem.ts";

/** The problem that a promise is rejected with; anything else fails the test. */
export async function refusal(promise: Promise<unknown>): Promise<Problem> {
  const answer = await promise.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (answer instanceof Problem) return answer;
  if (answer instanceof Error) throw answer;
  throw new Error(`expected a refusal, got ${JSON.stringify(answer)}`);
}
