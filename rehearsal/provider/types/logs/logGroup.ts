import type { LogGroupClass } from "@aws-sdk/client-cloudwatch-logs";
import { resourceType } from "../../resourceType.ts";
import type { ProviderCloud } from "../../providerCloud.ts";
import { unlessAbsent } from "../../absent.ts";
import { count, flag, text } from "../../schema/leaves.ts";

export const logGroup = resourceType({
  token: "aws:cloudwatch/logGroup:LogGroup",
  title: "CloudWatch Logs Log Group",
  properties: {
    name: { kind: text, required: true, forceNew: true },
    retentionInDays: { kind: count, default: 0 },
    logGroupClass: { kind: text, computed: true, forceNew: true },
    kmsKeyId: { kind: text, forceNew: true },
    skipDestroy: { kind: flag, default: false, local: true },
  },
  outputs: ["arn"],
  autoname: { longest: 512 },
  operations: (cloud) => ({
    async create(inputs, tags) {
      await cloud.logs.CreateLogGroup({
        ...{ logGroupName: inputs.name, kmsKeyId: inputs.kmsKeyId },
        logGroupClass: inputs.logGroupClass as LogGroupClass | undefined,
        ...(Object.keys(tags).length > 0 && { tags }),
      });
      if (inputs.retentionInDays > 0)
        await cloud.logs.PutRetentionPolicy({
          ...{ logGroupName: inputs.name, retentionInDays: inputs.retentionInDays },
        });
      return inputs.name;
    },

    async read(id) {
      const found = await describe(cloud, id);
      if (!found) return undefined;
      const { tags = {} } = await cloud.logs.ListTagsForResource({ resourceArn: found.logGroupArn });
      return {
        id,
        properties: {
          // Without the `:*` behind it, as the real provider has it.
          ...{ arn: found.logGroupArn, name: id, retentionInDays: found.retentionInDays ?? 0 },
          ...{ logGroupClass: found.logGroupClass, kmsKeyId: found.kmsKeyId ?? "", tags },
        },
      };
    },

    async update({ id: logGroupName, inputs, changed }) {
      if (!changed.has("retentionInDays")) return;
      const { retentionInDays } = inputs;
      await (retentionInDays > 0
        ? cloud.logs.PutRetentionPolicy({ logGroupName, retentionInDays })
        : cloud.logs.DeleteRetentionPolicy({ logGroupName }));
    },

    async retag({ known }, { set, remove }) {
      const resourceArn = known["arn"] as string;
      if (remove.length > 0) await cloud.logs.UntagResource({ resourceArn, tagKeys: [...remove] });
      if (Object.keys(set).length > 0) await cloud.logs.TagResource({ resourceArn, tags: set });
    },

    async delete(id, known) {
      if (known["skipDestroy"] === true) return;
      await unlessAbsent(/NotFound/, () => cloud.logs.DeleteLogGroup({ logGroupName: id }));
    },
  }),
});

async function describe({ logs }: ProviderCloud, name: string) {
  let nextToken: string | undefined;
  do {
    const page = await logs.DescribeLogGroups({ logGroupNamePrefix: name, ...(nextToken && { nextToken }) });
    const found = page.logGroups?.find(({ logGroupName }) => logGroupName === name);
    if (found) return found;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return undefined;
}
