import { expect } from "chai";
import { createCloudWatch } from "../../../rehearsal/cloud/cloudwatch/cloudwatch.ts";
import { refusal } from "../refusal.ts";
import { testGround } from "../testGround.ts";

describe("CloudWatch", () => {
  it("keeps an alarm's state and tags through an update of its settings", async () => {
    const ground = await testGround();
    await ground.remove();
    const cloudwatch = createCloudWatch(ground);
    const alarm = {
      ...{ AlarmName: "5xx", Namespace: "AWS/ApplicationELB", MetricName: "HTTPCode_Target_5XX_Count" },
      ...({ ComparisonOperator: "GreaterThanThreshold", EvaluationPeriods: 1, Threshold: 1 } as const),
    };
    await cloudwatch.PutMetricAlarm({ ...alarm, Tags: [{ Key: "a", Value: "b" }] });
    await cloudwatch.SetAlarmState({ AlarmName: "5xx", StateValue: "ALARM", StateReason: "test" });
    await cloudwatch.PutMetricAlarm({ ...alarm, Threshold: 5 });
    const { MetricAlarms: [now] = [] } = await cloudwatch.DescribeAlarms({ AlarmNamePrefix: "5" });
    expect(now).to.include({ StateValue: "ALARM", Threshold: 5 });
    const { Tags } = await cloudwatch.ListTagsForResource({ ResourceARN: now?.AlarmArn });
    expect(Tags).to.deep.equal([{ Key: "a", Value: "b" }]);
    await cloudwatch.DeleteAlarms({ AlarmNames: ["5xx", "none"] });
    expect((await cloudwatch.DescribeAlarms({})).MetricAlarms).to.deep.equal([]);
    expect((await refusal(cloudwatch.ListTagsForResource({ ResourceARN: now?.AlarmArn }))).status).to.equal(
      404,
    );
  });
});
