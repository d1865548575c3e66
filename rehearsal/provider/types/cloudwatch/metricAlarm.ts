import type {
  ComparisonOperator,
  PutMetricAlarmInput,
  StandardUnit,
  Statistic,
} from "@aws-sdk/client-cloudwatch";
import { resourceType } from "../../resourceType.ts";
import { setOf, textMap } from "../../schema/collections.ts";
import type { Values } from "../../schema/kinds.ts";
import { count, flag, text } from "../../schema/leaves.ts";
import { fromTagList, toTagList } from "../../tagLists.ts";

const properties = {
  name: { kind: text, required: true, forceNew: true },
  comparisonOperator: { kind: text, required: true },
  evaluationPeriods: { kind: count, required: true },
  metricName: { kind: text },
  namespace: { kind: text },
  dimensions: { kind: textMap },
  period: { kind: count },
  statistic: { kind: text },
  extendedStatistic: { kind: text },
  threshold: { kind: count },
  unit: { kind: text },
  datapointsToAlarm: { kind: count },
  treatMissingData: { kind: text, default: "missing" },
  actionsEnabled: { kind: flag, default: true },
  alarmActions: { kind: setOf(text) },
  okActions: { kind: setOf(text) },
  insufficientDataActions: { kind: setOf(text) },
  alarmDescription: { kind: text },
  evaluateLowSampleCountPercentiles: { kind: text, computed: true },
} as const;

/** An alarm on one metric; alarms on expressions (`metricQueries`) are not simulated. */
export const metricAlarm = resourceType({
  token: "aws:cloudwatch/metricAlarm:MetricAlarm",
  title: "CloudWatch Metric Alarm",
  properties,
  outputs: ["arn"],
  autoname: { longest: 255 },
  operations: ({ cloudwatch }) => ({
    async create(inputs, tags) {
      const Tags = Object.keys(tags).length > 0 ? { Tags: toTagList(tags) } : {};
      await cloudwatch.PutMetricAlarm({ ...request(inputs), ...Tags });
      return inputs.name;
    },

    async read(id) {
      const { MetricAlarms } = await cloudwatch.DescribeAlarms({
        ...{ AlarmNames: [id], AlarmTypes: ["MetricAlarm"] },
      });
      const found = MetricAlarms?.[0];
      if (!found) return undefined;
      const { Tags } = await cloudwatch.ListTagsForResource({ ResourceARN: found.AlarmArn });
      return {
        id,
        properties: {
          ...{ name: found.AlarmName, arn: found.AlarmArn, comparisonOperator: found.ComparisonOperator },
          ...{ evaluationPeriods: found.EvaluationPeriods, metricName: found.MetricName },
          ...{ namespace: found.Namespace, period: found.Period, statistic: found.Statistic },
          dimensions: Object.fromEntries(
            (found.Dimensions ?? []).map(({ Name = "", Value = "" }) => [Name, Value]),
          ),
          ...{ extendedStatistic: found.ExtendedStatistic, threshold: found.Threshold, unit: found.Unit },
          ...{ datapointsToAlarm: found.DatapointsToAlarm, actionsEnabled: found.ActionsEnabled },
          treatMissingData: found.TreatMissingData ?? "missing",
          ...{ alarmActions: found.AlarmActions, okActions: found.OKActions },
          insufficientDataActions: found.InsufficientDataActions,
          alarmDescription: found.AlarmDescription,
          evaluateLowSampleCountPercentiles: found.EvaluateLowSampleCountPercentile,
          tags: fromTagList(Tags),
        },
      };
    },

    async update({ inputs }) {
      await cloudwatch.PutMetricAlarm(request(inputs));
    },

    async retag({ known }, { set, remove }) {
      const ResourceARN = known["arn"] as string;
      if (remove.length > 0) await cloudwatch.UntagResource({ ResourceARN, TagKeys: [...remove] });
      if (Object.keys(set).length > 0) await cloudwatch.TagResource({ ResourceARN, Tags: toTagList(set) });
    },

    async delete(id) {
      await cloudwatch.DeleteAlarms({ AlarmNames: [id] });
    },
  }),
});

function request(inputs: Values<typeof properties>): PutMetricAlarmInput {
  return {
    AlarmName: inputs.name,
    ComparisonOperator: inputs.comparisonOperator as ComparisonOperator,
    ...{ EvaluationPeriods: inputs.evaluationPeriods, MetricName: inputs.metricName },
    ...{ Namespace: inputs.namespace, Period: inputs.period, Threshold: inputs.threshold },
    ...{ Statistic: inputs.statistic as Statistic, ExtendedStatistic: inputs.extendedStatistic },
    ...{ Unit: inputs.unit as StandardUnit, DatapointsToAlarm: inputs.datapointsToAlarm },
    ...{ TreatMissingData: inputs.treatMissingData, ActionsEnabled: inputs.actionsEnabled },
    AlarmActions: [...(inputs.alarmActions ?? [])],
    OKActions: [...(inputs.okActions ?? [])],
    InsufficientDataActions: [...(inputs.insufficientDataActions ?? [])],
    Dimensions: Object.entries(inputs.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
    AlarmDescription: inputs.alarmDescription,
    EvaluateLowSampleCountPercentile: inputs.evaluateLowSampleCountPercentiles,
  };
}
