import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { filterPattern } from "./filterPattern.ts";
import { findStream, type LogGroups } from "./logGroups.ts";
import type { LogEvent } from "./logStream.ts";

/** GetLogEvents and FilterLogEvents. */
export function readEvents(groups: LogGroups): Operations<typeof sdk, "GetLogEvents" | "FilterLogEvents"> {
  return atOnce<Operations<typeof sdk, "GetLogEvents" | "FilterLogEvents">>({
    GetLogEvents(input) {
      only("GetLogEvents", input, [
        ...(["logGroupName", "logGroupIdentifier", "logStreamName", "startTime", "endTime"] as const),
        ...(["nextToken", "limit", "startFromHead"] as const),
      ]);
      const group = groups.find(required(input.logGroupIdentifier ?? input.logGroupName, "logGroupName"));
      const stream = findStream(group, required(input.logStreamName, "logStreamName"));
      const events = between(stream.events, input);
      const limit = input.limit ?? 10_000;
      const token = input.nextToken === undefined ? undefined : parseToken(input.nextToken);
      const found = pageOf(events, { token, limit, fromHead: input.startFromHead ?? false });
      // At either end AWS gives the token that it was given: that is how a reader knows the end.
      const next = (stream.events.at(-1)?.sequence ?? -1) + 1;
      const first = found.at(0)?.sequence ?? token?.at ?? next;
      const after = found.length > 0 ? (found.at(-1)?.sequence ?? 0) + 1 : (token?.at ?? next);
      return {
        events: found.map(({ timestamp, ingestionTime, message }) => ({ timestamp, ingestionTime, message })),
        nextForwardToken: `f/${String(after).padStart(56, "0")}/s`,
        nextBackwardToken: `b/${String(first).padStart(56, "0")}/s`,
      };
    },

    FilterLogEvents(input) {
      only("FilterLogEvents", input, [
        ...(["logGroupName", "logGroupIdentifier", "logStreamNames", "logStreamNamePrefix"] as const),
        ...(["startTime", "endTime", "filterPattern", "nextToken", "limit", "interleaved"] as const),
      ]);
      const group = groups.find(required(input.logGroupIdentifier ?? input.logGroupName, "logGroupName"));
      const { logStreamNames, logStreamNamePrefix = "" } = input;
      const streams = logStreamNames
        ? logStreamNames.map((name) => findStream(group, name))
        : [...group.streams.values()].filter(({ name }) => name.startsWith(logStreamNamePrefix));
      const wanted = filterPattern(input.filterPattern);
      const events = streams
        .flatMap((stream) =>
          between(stream.events, input)
            .filter(({ message }) => wanted(message))
            .map((event) => ({ logStreamName: stream.name, ...event })),
        )
        .sort((a, b) => a.timestamp - b.timestamp);
      const { items, next } = page(events, {
        size: input.limit ?? 10_000,
        token: input.nextToken,
        refuse: invalidToken,
      });
      return {
        events: items.map(({ sequence, ...event }) => ({
          ...event,
          eventId: `${event.ingestionTime}${String(sequence).padStart(43, "0")}`,
        })),
        searchedLogStreams: [],
        nextToken: next,
      };
    },
  });
}

function between(
  events: readonly LogEvent[],
  { startTime = 0, endTime = Infinity }: { startTime?: number | undefined; endTime?: number | undefined },
): LogEvent[] {
  return events.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
}

interface Token {
  readonly forward: boolean;
  /** Sequence of the first event not read yet (forward), or of the first that was read (backward). */
  readonly at: number;
}

function pageOf(
  events: readonly LogEvent[],
  {
    token,
    limit,
    fromHead,
  }: { readonly token: Token | undefined; readonly limit: number; readonly fromHead: boolean },
): readonly LogEvent[] {
  if (token?.forward) return events.filter(({ sequence }) => sequence >= token.at).slice(0, limit);
  if (token) return events.filter(({ sequence }) => sequence < token.at).slice(-limit);
  return fromHead ? events.slice(0, limit) : events.slice(-limit);
}

function parseToken(token: string): Token {
  const [, direction, digits] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (digits === undefined) throw invalidToken(token);
  return { forward: direction === "f", at: Number(digits) };
}

function invalidToken(token: string): AwsError {
  return new AwsError("InvalidParameterException", `The specified nextToken is invalid: ${token}`);
}
