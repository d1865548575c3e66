import type * as sdk from "@aws-sdk/client-cloudwatch";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";

/** CloudWatch's metric alarms. Nothing measures, so an alarm stays INSUFFICIENT_DATA unless its state is set. */
export type CloudWatch = Operations<
  typeof sdk,
  | "PutMetricAlarm"
  | "DescribeAlarms"
  | "DeleteAlarms"
  | "SetAlarmState"
  | "TagResource"
  | "UntagResource"
  | "ListTagsForResource"
>;

interface Alarm {
  readonly described: sdk.MetricAlarm & { AlarmName: string; AlarmArn: string };
  readonly tags: Map<string, string>;
}

export function createCloudWatch({ identity, clock }: Ground): CloudWatch {
  const alarms = new Map<string, Alarm>();

  function byArn(arn: string | undefined): Alarm {
    const alarm = [...alarms.values()].find(({ described }) => described.AlarmArn === arn);
    if (!alarm) throw new AwsError("ResourceNotFoundException", `${arn} does not exist`, 404);
    return alarm;
  }

  return atOnce<CloudWatch>({
    PutMetricAlarm({ Tags, ...input }) {
      only("PutMetricAlarm", input, [
        ...(["AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions"] as const),
        ...(["InsufficientDataActions", "MetricName", "Namespace", "Statistic", "Dimensions"] as const),
        ...(["ExtendedStatistic", "Period", "Unit", "EvaluationPeriods", "DatapointsToAlarm"] as const),
        ...(["Threshold", "ComparisonOperator", "TreatMissingData"] as const),
        ...(["EvaluateLowSampleCountPercentile", "Metrics", "ThresholdMetricId"] as const),
      ]);
      const AlarmName = required(input.AlarmName, "AlarmName", "ValidationError");
      required(input.ComparisonOperator, "ComparisonOperator", "ValidationError");
      required(input.EvaluationPeriods, "EvaluationPeriods", "ValidationError");
      if (input.Metrics === undefined && (input.MetricName === undefined || input.Namespace === undefined))
        throw new AwsError("ValidationError", "An alarm needs MetricName and Namespace, or Metrics");
      const former = alarms.get(AlarmName);
      const now = clock.now();
      alarms.set(AlarmName, {
        described: {
          ...{ ActionsEnabled: true, OKActions: [], AlarmActions: [], InsufficientDataActions: [] },
          ...{ Dimensions: [], ...input, AlarmName },
          AlarmArn: `arn:aws:cloudwatch:${identity.region}:${identity.account}:alarm:${AlarmName}`,
          AlarmConfigurationUpdatedTimestamp: now,
          StateValue: former?.described.StateValue ?? "INSUFFICIENT_DATA",
          StateReason: former?.described.StateReason ?? "Unchecked: Initial alarm creation",
          StateUpdatedTimestamp: former?.described.StateUpdatedTimestamp ?? now,
        },
        // An update leaves the tags as they are.
        tags: former?.tags ?? tagMap(Tags),
      });
      return {};
    },

    DescribeAlarms(input) {
      only("DescribeAlarms", input, [
        ...([
          "AlarmNames",
          "AlarmNamePrefix",
          "AlarmTypes",
          "StateValue",
          "MaxRecords",
          "NextToken",
        ] as const),
      ]);
      const { AlarmNames: names, AlarmNamePrefix = "", StateValue, AlarmTypes: types } = input;
      const found = [...alarms.values()].filter(
        ({ described: { AlarmName, StateValue: state } }) =>
          (names === undefined || names.length === 0 || names.includes(AlarmName)) &&
          AlarmName.startsWith(AlarmNamePrefix) &&
          (StateValue === undefined || StateValue === state) &&
          (types === undefined || types.includes("MetricAlarm")),
      );
      const { items, next } = page(found, {
        size: input.MaxRecords ?? 50,
        token: input.NextToken,
        refuse: () => new AwsError("InvalidNextToken", "The next token specified is invalid."),
      });
      return {
        MetricAlarms: items.map(({ described }) => structuredClone(described)),
        CompositeAlarms: [],
        NextToken: next,
      };
    },

    DeleteAlarms({ AlarmNames }) {
      // A name that is not there is no error.
      for (const name of required(AlarmNames, "AlarmNames", "ValidationError")) alarms.delete(name);
      return {};
    },

    SetAlarmState(input) {
      only("SetAlarmState", input, ["AlarmName", "StateValue", "StateReason", "StateReasonData"]);
      const alarm = alarms.get(input.AlarmName ?? "");
      if (!alarm) throw new AwsError("ResourceNotFound", `Unknown alarm ${input.AlarmName}`, 404);
      Object.assign(alarm.described, {
        ...{ StateValue: input.StateValue, StateReason: input.StateReason },
        ...{ StateReasonData: input.StateReasonData, StateUpdatedTimestamp: clock.now() },
      });
      return {};
    },

    TagResource({ ResourceARN, Tags }) {
      const alarm = byArn(ResourceARN);
      for (const [key, value] of tagMap(Tags)) alarm.tags.set(key, value);
      return {};
    },

    UntagResource({ ResourceARN, TagKeys }) {
      const alarm = byArn(ResourceARN);
      for (const key of TagKeys ?? []) alarm.tags.delete(key);
      return {};
    },

    ListTagsForResource: ({ ResourceARN }) => ({
      Tags: [...byArn(ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })),
    }),
  });
}

function tagMap(tags: readonly sdk.Tag[] = []): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [required(Key, "Key", "ValidationError"), Value ?? ""]));
}
