/** Everything that a caller can act on: HTTP status and title (RFC 9457) by stable code. */
export const problems = {
  "bad-request": { status: 400, title: "The request is not one that this service knows" },
  "unknown-engine": { status: 400, title: "No such engine" },
  unauthorized: { status: 401, title: "A bearer token is needed" },
  "not-found": { status: 404, title: "Nothing here" },
  "unknown-stack": { status: 404, title: "No such stack" },
  "unknown-deployment": { status: 404, title: "No such deployment" },
  "not-in-place": { status: 409, title: "The release can't take the place of the live one task by task" },
  "already-live": { status: 409, title: "The release is already live" },
  "idempotency-key-reused": { status: 422, title: "The idempotency key belongs to another request" },
  overtaken: { status: 409, title: "Somebody else took the stack's right of way" },
  "database-away": { status: 503, title: "The service's database does not answer" },
  busy: { status: 409, title: "Another run is at work on the stack" },
  "nothing-to-undo": { status: 409, title: "Nothing to undo" },
  "nothing-to-rest": { status: 409, title: "There is nothing to rest or to warm" },
  "already-ended": { status: 409, title: "The run has ended" },
  migrated: { status: 409, title: "The database was migrated" },
  drift: { status: 409, title: "Somebody else changed the stack" },
  "stack-locked": { status: 409, title: "Somebody else holds the stack's lock" },
  "unknown-image": { status: 422, title: "No such image" },
  "bad-configuration": { status: 422, title: "The stack's configuration has a wrong value" },
  "update-failed": { status: 502, title: "Pulumi's update failed" },
  unhealthy: { status: 502, title: "The release never became healthy" },
  smoke: { status: 502, title: "The release gave a wrong answer" },
  "migration-failed": { status: 502, title: "The migration failed" },
  bake: { status: 502, title: "The release failed under traffic" },
  "not-taken": { status: 502, title: "AWS did not take what was written" },
  "stopped-by-request": { status: 409, title: "Somebody stopped the run" },
  aws: { status: 502, title: "AWS answered with an error" },
  unexpected: { status: 500, title: "Something that nobody expected" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type Code = keyof typeof problems;

/** A failure as it is stored, shown in a deployment, and sent as `application/problem+json`. */
export interface ProblemDetails {
  /** A path under this service's own documents: `/docs/problems#busy`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened, with the evidence. */
  readonly detail: string;
  readonly code: Code;
  /** What to type or do next. */
  readonly next: string;
  /** Lines of a log, answers of a check: what the sentence rests on. */
  readonly evidence?: readonly string[];
}

/** The base of every error that a caller can act on. */
export class Problem extends Error {
  readonly code: Code;
  readonly next: string;
  readonly evidence: readonly string[];

  constructor(
    code: Code,
    what: {
      readonly detail: string;
      readonly next: string;
      readonly evidence?: readonly string[];
      readonly cause?: unknown;
    },
  ) {
    super(what.detail, what.cause === undefined ? {} : { cause: what.cause });
    this.name = new.target.name;
    this.code = code;
    this.next = what.next;
    this.evidence = what.evidence ?? [];
  }
}
