/** An error in AWS's own shape: `code` and `message` are what the SDK and the aws CLI show. */
export class AwsError extends Error {
  readonly code: string;
  /** HTTP status, 400 unless AWS uses another. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = "AwsError";
    this.code = code;
    this.status = status;
  }
}
