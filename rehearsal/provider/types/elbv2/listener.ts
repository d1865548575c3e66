import type { ProtocolEnum } from "@aws-sdk/client-elastic-load-balancing-v2";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { count, text } from "../../schema/leaves.ts";
import { actionList, fromActions, toActions } from "./actions.ts";
import { elbRetag, elbTagList, elbTags } from "./tagging.ts";

export const listener = resourceType({
  token: "aws:lb/listener:Listener",
  title: "ELBv2 Listener",
  properties: {
    loadBalancerArn: { kind: text, required: true, forceNew: true },
    port: { kind: count },
    protocol: { kind: text, computed: true },
    certificateArn: { kind: text },
    sslPolicy: { kind: text, computed: true },
    alpnPolicy: { kind: text },
    defaultActions: { kind: actionList, required: true },
  },
  outputs: ["arn"],
  operations: (cloud) => {
    const { elbv2 } = cloud;
    return {
      async create(inputs, tags) {
        const { Listeners } = await elbv2.CreateListener({
          ...{ LoadBalancerArn: inputs.loadBalancerArn, Port: inputs.port },
          Protocol: inputs.protocol as ProtocolEnum | undefined,
          SslPolicy: inputs.sslPolicy,
          ...(inputs.certificateArn && { Certificates: [{ CertificateArn: inputs.certificateArn }] }),
          ...(inputs.alpnPolicy && { AlpnPolicy: [inputs.alpnPolicy] }),
          DefaultActions: toActions(inputs.defaultActions),
          ...elbTagList(tags),
        });
        return answered(Listeners?.[0]?.ListenerArn, "ListenerArn");
      },

      async read(id) {
        const answer = await unlessAbsent(/NotFound/, () => elbv2.DescribeListeners({ ListenerArns: [id] }));
        const found = answer?.Listeners?.[0];
        return (
          found && {
            id,
            properties: {
              ...{ arn: id, loadBalancerArn: found.LoadBalancerArn, port: found.Port },
              ...{ protocol: found.Protocol, sslPolicy: found.SslPolicy ?? "" },
              certificateArn: found.Certificates?.[0]?.CertificateArn ?? "",
              alpnPolicy: found.AlpnPolicy?.[0] ?? "",
              defaultActions: fromActions(found.DefaultActions),
              tags: await elbTags(cloud, id),
            },
          }
        );
      },

      async update({ id, inputs, changed }) {
        const of = <Value>(name: string, value: Value) => (changed.has(name) ? value : undefined);
        await elbv2.ModifyListener({
          ...{ ListenerArn: id, Port: of("port", inputs.port), SslPolicy: of("sslPolicy", inputs.sslPolicy) },
          Protocol: of("protocol", inputs.protocol as ProtocolEnum | undefined),
          Certificates: of(
            "certificateArn",
            inputs.certificateArn ? [{ CertificateArn: inputs.certificateArn }] : [],
          ),
          AlpnPolicy: of("alpnPolicy", inputs.alpnPolicy ? [inputs.alpnPolicy] : []),
          ...(changed.has("defaultActions") && { DefaultActions: toActions(inputs.defaultActions) }),
        });
      },

      retag: elbRetag(cloud),

      async delete(id) {
        await unlessAbsent(/NotFound/, () => elbv2.DeleteListener({ ListenerArn: id }));
      },
    };
  },
});
