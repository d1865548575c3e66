import { AwsError } from "./awsError.ts";

/**
 * Refuses a parameter that AWS knows and the rehearsal does not act on: what is asked for is done or refused, never
 * passed over in silence. `known` are the parameters that the operation reads.
 */
export function only<Input extends object>(
  operation: string,
  input: Input,
  known: readonly (keyof Input & string)[],
): void {
  for (const [name, value] of Object.entries(input))
    if (value !== undefined && value !== null && !(known as readonly string[]).includes(name))
      throw new AwsError(
        "UnknownParameter",
        `The parameter ${name} is not recognized: the rehearsal's ${operation} knows ${known.join(", ")}`,
      );
}

/** The value, or the service's own error where a required parameter is missing. */
export function required<Value>(
  value: Value | undefined | null,
  name: string,
  code = "ValidationException",
): Value {
  if (value === undefined || value === null)
    throw new AwsError(code, `The request must contain the parameter ${name}`);
  return value;
}
