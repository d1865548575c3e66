import type { AwsError } from "../../cloud/awsError.ts";
import type { ErrorShape, Shape } from "../shapes/shape.ts";

/** A request whose service and operation are known. */
export interface Call {
  readonly operation: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** The query string or form, where the protocol has one. */
  readonly form: URLSearchParams;
}

/** What goes back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface Answer {
  readonly operation: string;
  readonly contentType: string;
  readonly requestId: string;
  readonly xmlNamespace: string;
}

export interface Failure extends Answer {
  readonly error: AwsError;
  /** The error's code and status in the query protocols, where AWS has such an error. */
  readonly queryError: ErrorShape;
}

/** One of AWS's wire protocols, from the server's side. */
export interface Protocol {
  /** The operation's input. Throws AwsError for what has not its shape, or is no parameter of the operation. */
  read(call: Call, input: Shape | undefined): Record<string, unknown>;
  write(answer: Answer, output: Shape | undefined, value: unknown): Reply;
  fail(failure: Failure): Reply;
}
