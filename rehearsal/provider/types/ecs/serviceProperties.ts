import { block } from "../../schema/block.ts";
import { listOf, setOf, textMap } from "../../schema/collections.ts";
import { count, flag, spelled, text } from "../../schema/leaves.ts";
import { capacityProviderStrategy } from "./capacityProviderStrategy.ts";

/** `family:revision` and the ARN that ends so mean the same revision. */
const taskDefinition = spelled((wanted, actual) => lastOf(wanted) === lastOf(actual));
/** So do a cluster's name and its ARN. */
const cluster = spelled((wanted, actual) => lastOf(wanted) === lastOf(actual));
const propagation = spelled((wanted, actual) => (wanted || "NONE") === (actual || "NONE"));

export const serviceProperties = {
  name: { kind: text, required: true, forceNew: true },
  cluster: { kind: cluster, computed: true, forceNew: true },
  taskDefinition: { kind: taskDefinition },
  desiredCount: { kind: count },
  launchType: { kind: text, computed: true, forceNew: true },
  capacityProviderStrategies: { kind: capacityProviderStrategy, forceNew: true },
  platformVersion: { kind: text, computed: true },
  schedulingStrategy: { kind: text, default: "REPLICA", forceNew: true },
  deploymentController: { kind: block({ type: { kind: text, default: "ECS", forceNew: true } }) },
  networkConfiguration: {
    kind: block({
      subnets: { kind: setOf(text), required: true },
      securityGroups: { kind: setOf(text) },
      assignPublicIp: { kind: flag, default: false },
    }),
  },
  loadBalancers: {
    kind: setOf(
      block({
        targetGroupArn: { kind: text },
        containerName: { kind: text, required: true },
        containerPort: { kind: count, required: true },
      }),
    ),
  },
  healthCheckGracePeriodSeconds: { kind: count },
  deploymentMinimumHealthyPercent: { kind: count, default: 100 },
  deploymentMaximumPercent: { kind: count, default: 200 },
  deploymentCircuitBreaker: {
    kind: block({ enable: { kind: flag, required: true }, rollback: { kind: flag, required: true } }),
    computed: true,
  },
  deploymentConfiguration: { kind: block({ strategy: { kind: text, computed: true } }), computed: true },
  alarms: {
    kind: block({
      alarmNames: { kind: setOf(text), required: true },
      enable: { kind: flag, required: true },
      rollback: { kind: flag, required: true },
    }),
  },
  availabilityZoneRebalancing: { kind: text, computed: true },
  placementConstraints: {
    kind: setOf(block({ type: { kind: text, required: true }, expression: { kind: text } })),
  },
  orderedPlacementStrategies: {
    kind: listOf(block({ type: { kind: text, required: true }, field: { kind: text } })),
  },
  propagateTags: { kind: propagation, computed: true },
  enableEcsManagedTags: { kind: flag, default: false },
  enableExecuteCommand: { kind: flag, default: false },
  iamRole: { kind: text, computed: true, forceNew: true },
  forceDelete: { kind: flag, local: true },
  forceNewDeployment: { kind: flag, local: true },
  sigintRollback: { kind: flag, local: true },
  triggers: { kind: textMap, local: true },
  waitForSteadyState: { kind: flag, default: false, local: true },
} as const;

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
