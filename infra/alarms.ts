import type * as pulumi from "@pulumi/pulumi";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import type { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import type { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
import { type Colour, colours } from "./release.ts";
import type { Configuration } from "./configuration.ts";

/** Alarms that a person wants to hear of: errors of the load balancer and of each colour, and unhealthy targets. */
export function alarms(
  prefix: string,
  watched: {
    readonly loadBalancer: LoadBalancer;
    readonly targetGroups: Readonly<Record<Colour, TargetGroup>>;
  },
  { alarmErrors, alarmTopics }: Configuration,
): void {
  const LoadBalancer = watched.loadBalancer.arnSuffix;
  const alarm = (name: string, dimensions: Record<string, pulumi.Output<string>>, rest: Watching) =>
    new MetricAlarm(name, {
      name: `${prefix}-${name}`,
      namespace: "AWS/ApplicationELB",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      period: 60,
      // A colour at rest has no metrics, and that is well.
      treatMissingData: "notBreaching",
      dimensions,
      alarmActions: [...alarmTopics],
      okActions: [...alarmTopics],
      ...rest,
    });

  const errors = { statistic: "Sum", threshold: alarmErrors, evaluationPeriods: 1 };
  alarm("load-balancer-5xx", { LoadBalancer }, { ...errors, metricName: "HTTPCode_ELB_5XX_Count" });
  for (const colour of colours) {
    const dimensions = { LoadBalancer, TargetGroup: watched.targetGroups[colour].arnSuffix };
    alarm(`${colour}-5xx`, dimensions, { ...errors, metricName: "HTTPCode_Target_5XX_Count" });
    alarm(`${colour}-unhealthy`, dimensions, {
      metricName: "UnHealthyHostCount",
      statistic: "Maximum",
      threshold: 1,
      evaluationPeriods: 3,
    });
  }
}

interface Watching {
  readonly metricName: string;
  readonly statistic: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
}
