import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { createStream, findStream, type LogGroup, LogGroups } from "./logGroups.ts";
import type { LogStream } from "./logStream.ts";
import { readEvents } from "./readEvents.ts";

/** CloudWatch Logs, in memory: each stream keeps its newest lines. */
export interface Logs extends LogOperations {
  /**
   * Adds a task's output; timestamps are milliseconds. The stream is made on its first line.
   * Throws ResourceNotFoundException where there is no such group.
   */
  append(
    group: string,
    stream: string,
    lines: readonly { readonly timestamp: number; readonly message: string }[],
  ): void;
}

type LogOperations = Operations<
  typeof sdk,
  | "CreateLogGroup"
  | "DescribeLogGroups"
  | "DeleteLogGroup"
  | "PutRetentionPolicy"
  | "DeleteRetentionPolicy"
  | "CreateLogStream"
  | "DescribeLogStreams"
  | "DeleteLogStream"
  | "PutLogEvents"
  | "GetLogEvents"
  | "FilterLogEvents"
  | "TagResource"
  | "UntagResource"
  | "ListTagsForResource"
>;

/** The retentions that CloudWatch Logs has, in days. */
const retentions = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

export function createLogs({ identity, clock }: Ground): Logs {
  const groups = new LogGroups(identity);
  const now = () => clock.now().getTime();

  return {
    ...readEvents(groups),
    ...operations(groups, now),
    append(groupName, streamName, lines) {
      const group = groups.find(groupName);
      const stream = group.streams.get(streamName) ?? createStream(group, streamName, now());
      stream.append(lines, now());
    },
  };
}

function operations(
  groups: LogGroups,
  now: () => number,
): Omit<LogOperations, "GetLogEvents" | "FilterLogEvents"> {
  return atOnce<Omit<LogOperations, "GetLogEvents" | "FilterLogEvents">>({
    CreateLogGroup(input) {
      only("CreateLogGroup", input, ["logGroupName", "tags", "logGroupClass"]);
      if (input.logGroupClass !== undefined && input.logGroupClass !== "STANDARD")
        throw new AwsError("InvalidParameterException", `No log group class but STANDARD in a rehearsal`);
      const group = groups.create(required(input.logGroupName, "logGroupName"), now());
      tag(group, input.tags);
      return {};
    },

    DescribeLogGroups(input) {
      only("DescribeLogGroups", input, ["logGroupNamePrefix", "logGroupNamePattern", "nextToken", "limit"]);
      const { logGroupNamePrefix = "", logGroupNamePattern = "" } = input;
      const found = groups
        .all()
        .filter(
          ({ name }) =>
            name.startsWith(logGroupNamePrefix) &&
            name.toLowerCase().includes(logGroupNamePattern.toLowerCase()),
        );
      const { items, next } = page(found, {
        size: input.limit ?? 50,
        token: input.nextToken,
        refuse: invalidToken,
      });
      return { logGroups: items.map(described), nextToken: next };
    },

    DeleteLogGroup({ logGroupName }) {
      groups.delete(required(logGroupName, "logGroupName"));
      return {};
    },

    PutRetentionPolicy({ logGroupName, retentionInDays }) {
      const group = groups.find(required(logGroupName, "logGroupName"));
      if (retentionInDays === undefined || !retentions.includes(retentionInDays))
        throw new AwsError(
          "InvalidParameterException",
          `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentions.join(", ")}]`,
        );
      group.retentionInDays = retentionInDays;
      return {};
    },

    DeleteRetentionPolicy({ logGroupName }) {
      delete groups.find(required(logGroupName, "logGroupName")).retentionInDays;
      return {};
    },

    CreateLogStream({ logGroupName, logStreamName }) {
      const group = groups.find(required(logGroupName, "logGroupName"));
      createStream(group, required(logStreamName, "logStreamName"), now());
      return {};
    },

    DescribeLogStreams(input) {
      only("DescribeLogStreams", input, [
        ...(["logGroupName", "logGroupIdentifier", "logStreamNamePrefix", "orderBy"] as const),
        ...(["descending", "nextToken", "limit"] as const),
      ]);
      const group = groups.find(required(input.logGroupIdentifier ?? input.logGroupName, "logGroupName"));
      const { logStreamNamePrefix = "" } = input;
      const found = [...group.streams.values()].filter(({ name }) => name.startsWith(logStreamNamePrefix));
      found.sort(
        input.orderBy === "LastEventTime"
          ? (a, b) => (a.events.at(-1)?.timestamp ?? 0) - (b.events.at(-1)?.timestamp ?? 0)
          : (a, b) => (a.name < b.name ? -1 : 1),
      );
      if (input.descending) found.reverse();
      const { items, next } = page(found, {
        size: input.limit ?? 50,
        token: input.nextToken,
        refuse: invalidToken,
      });
      return { logStreams: items.map((stream) => describedStream(group, stream)), nextToken: next };
    },

    DeleteLogStream({ logGroupName, logStreamName }) {
      const group = groups.find(required(logGroupName, "logGroupName"));
      group.streams.delete(findStream(group, required(logStreamName, "logStreamName")).name);
      return {};
    },

    PutLogEvents(input) {
      only("PutLogEvents", input, ["logGroupName", "logStreamName", "logEvents", "sequenceToken"]);
      const group = groups.find(required(input.logGroupName, "logGroupName"));
      const stream = findStream(group, required(input.logStreamName, "logStreamName"));
      const lines = required(input.logEvents, "logEvents").map(({ timestamp, message }) => ({
        timestamp: required(timestamp, "timestamp"),
        message: required(message, "message"),
      }));
      if (lines.some(({ timestamp }, index) => timestamp < (lines[index - 1]?.timestamp ?? 0)))
        throw new AwsError(
          "InvalidParameterException",
          "Log events in a single PutLogEvents request must be in chronological order.",
        );
      stream.append(lines, now());
      return {};
    },

    TagResource({ resourceArn, tags }) {
      tag(groups.find(required(resourceArn, "resourceArn")), required(tags, "tags"));
      return {};
    },

    UntagResource({ resourceArn, tagKeys }) {
      const group = groups.find(required(resourceArn, "resourceArn"));
      for (const key of required(tagKeys, "tagKeys")) group.tags.delete(key);
      return {};
    },

    ListTagsForResource({ resourceArn }) {
      return { tags: Object.fromEntries(groups.find(required(resourceArn, "resourceArn")).tags) };
    },
  });
}

function tag(group: LogGroup, tags: Readonly<Record<string, string>> = {}): void {
  for (const [key, value] of Object.entries(tags)) group.tags.set(key, value);
}

function described(group: LogGroup): sdk.LogGroup {
  return {
    logGroupName: group.name,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    creationTime: group.created,
    metricFilterCount: 0,
    storedBytes: 0,
    logGroupClass: "STANDARD",
    ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
  };
}

function describedStream(group: LogGroup, stream: LogStream): sdk.LogStream {
  return {
    logStreamName: stream.name,
    arn: `${group.arn}:log-stream:${stream.name}`,
    creationTime: stream.created,
    firstEventTimestamp: stream.events.at(0)?.timestamp,
    lastEventTimestamp: stream.events.at(-1)?.timestamp,
    lastIngestionTime: stream.lastIngestion,
    storedBytes: 0,
  };
}

function invalidToken(token: string): AwsError {
  return new AwsError("InvalidParameterException", `The specified nextToken is invalid: ${token}`);
}
