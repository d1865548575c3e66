/** The form of a value on the wire, as AWS's own model has it. Shapes may contain themselves. */
export type Shape =
  | { readonly kind: "structure"; readonly name: string; readonly members: Readonly<Record<string, Member>> }
  | { readonly kind: "list"; readonly item: Member }
  | { readonly kind: "map"; readonly key: Member; readonly value: Member }
  | { readonly kind: "timestamp"; readonly format: TimestampFormat | undefined }
  | { readonly kind: "string" | "boolean" | "number" | "blob" | "document" };

/** `undefined` is the protocol's own. */
export type TimestampFormat = "date-time" | "http-date" | "epoch-seconds";

/** A shape in its place: what it is called there. */
export interface Member {
  readonly shape: Shape;
  readonly xmlName?: string;
  /** EC2's name for it in requests. */
  readonly ec2Name?: string;
  /** A list or map whose items stand beside each other, without an element around them. */
  readonly flattened?: true;
}

export interface OperationShapes {
  /** Undefined where the operation takes nothing. */
  readonly input: Shape | undefined;
  /** Undefined where the operation answers nothing. */
  readonly output: Shape | undefined;
}

/** An error's code and HTTP status in the query protocols; where AWS states none, the error's own name and 400. */
export interface ErrorShape {
  readonly code: string;
  readonly status: number;
}

/** What a service's wire protocols need to know. */
export interface ServiceShapes {
  readonly operations: Readonly<Record<string, OperationShapes>>;
  /** By the name of the exception, as the SDK shows it. */
  readonly errors: Readonly<Record<string, ErrorShape>>;
}
