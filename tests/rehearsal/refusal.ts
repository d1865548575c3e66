import { AwsError } from "../../rehearsal/cloud/awsError.ts";

/** The AWS error that an operation is refused with; a test fails where it succeeds. */
export async function refusal(operation: Promise<unknown>): Promise<AwsError> {
  const outcome = await operation.catch((error: unknown) => error);
  if (outcome instanceof AwsError) return outcome;
  throw new Error(`expected a refusal, got ${JSON.stringify(outcome)}`, { cause: outcome });
}
