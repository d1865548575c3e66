import type { Identity } from "../cloud.ts";
import { AwsError } from "../awsError.ts";
import { LogStream } from "./logStream.ts";

export interface LogGroup {
  readonly name: string;
  /** Without the `:*` that some operations add. */
  readonly arn: string;
  readonly created: number;
  retentionInDays?: number;
  readonly tags: Map<string, string>;
  readonly streams: Map<string, LogStream>;
}

/** All log groups by name, with CloudWatch Logs' own refusals. */
export class LogGroups {
  readonly #groups = new Map<string, LogGroup>();
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  all(): readonly LogGroup[] {
    return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  create(name: string, created: number): LogGroup {
    if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
      throw new AwsError(
        "InvalidParameterException",
        `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
      );
    if (this.#groups.has(name))
      throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
    const { region, account } = this.#identity;
    const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`;
    const group: LogGroup = { name, arn, created, tags: new Map(), streams: new Map() };
    this.#groups.set(name, group);
    return group;
  }

  /** By name or ARN, with or without `:*`. */
  find(nameOrArn: string): LogGroup {
    const name = nameOrArn.replace(/^arn:aws:logs:[^:]*:[^:]*:log-group:/, "").replace(/:\*$/, "");
    const group = this.#groups.get(name);
    if (!group) throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
    return group;
  }

  delete(name: string): void {
    this.#groups.delete(this.find(name).name);
  }
}

export function createStream(group: LogGroup, name: string, created: number): LogStream {
  if (group.streams.has(name))
    throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
  const stream = new LogStream(name, created);
  group.streams.set(name, stream);
  return stream;
}

export function findStream(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (!stream) throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
  return stream;
}
