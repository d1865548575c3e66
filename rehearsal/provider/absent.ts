import { AwsError } from "../cloud/awsError.ts";

/** What `look` answers, or undefined where AWS says by one of the codes that there is no such thing. */
export async function unlessAbsent<Value>(
  codes: RegExp,
  look: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AwsError && codes.test(error.code)) return undefined;
    throw error;
  }
}
