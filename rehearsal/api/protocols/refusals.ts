import { AwsError } from "../../cloud/awsError.ts";

/** A parameter that the operation has not: an error that names it, so that nothing asked for is passed over. */
export function unknownParameter(path: string): AwsError {
  return new AwsError("UnknownParameter", `The parameter ${path} is not recognized`);
}

export function wrongType(path: string, wanted: string, value: unknown): AwsError {
  return new AwsError(
    "SerializationException",
    `${path === "" ? "The request" : path} must be a ${wanted}, not ${JSON.stringify(value)?.slice(0, 100)}`,
  );
}
