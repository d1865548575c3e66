import type {
  AutoRollbackEvent,
  CreateDeploymentGroupInput,
  DeploymentGroupInfo,
  DeploymentOption,
  DeploymentReadyAction,
  DeploymentType,
  InstanceAction,
} from "@aws-sdk/client-codedeploy";
import { unlessAbsent } from "../../absent.ts";
import { answered } from "../../answered.ts";
import { type Bag, resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import { setOf } from "../../schema/collections.ts";
import type { Values } from "../../schema/kinds.ts";
import { count, flag, text } from "../../schema/leaves.ts";
import { toTagList } from "../../tagLists.ts";
import { arnOf, retagByArn, tagsAt } from "./tagging.ts";

const route = block({ listenerArns: { kind: setOf(text), required: true } });

const properties = {
  appName: { kind: text, required: true, forceNew: true },
  deploymentGroupName: { kind: text, required: true },
  serviceRoleArn: { kind: text, required: true },
  deploymentConfigName: { kind: text, default: "CodeDeployDefault.OneAtATime" },
  deploymentStyle: {
    kind: block({
      deploymentOption: { kind: text, default: "WITHOUT_TRAFFIC_CONTROL" },
      deploymentType: { kind: text, default: "IN_PLACE" },
    }),
  },
  ecsService: {
    kind: block({
      clusterName: { kind: text, required: true },
      serviceName: { kind: text, required: true },
    }),
  },
  loadBalancerInfo: {
    kind: block({
      targetGroupPairInfo: {
        kind: block({
          prodTrafficRoute: { kind: route, required: true },
          testTrafficRoute: { kind: route },
          targetGroups: { kind: setOf(block({ name: { kind: text, required: true } })), required: true },
        }),
      },
    }),
  },
  blueGreenDeploymentConfig: {
    kind: block({
      deploymentReadyOption: {
        kind: block({ actionOnTimeout: { kind: text }, waitTimeInMinutes: { kind: count } }),
      },
      terminateBlueInstancesOnDeploymentSuccess: {
        kind: block({ action: { kind: text }, terminationWaitTimeInMinutes: { kind: count } }),
      },
    }),
    computed: true,
  },
  autoRollbackConfiguration: { kind: block({ enabled: { kind: flag }, events: { kind: setOf(text) } }) },
  alarmConfiguration: {
    kind: block({
      ...{ enabled: { kind: flag }, alarms: { kind: setOf(text) } },
      ignorePollAlarmFailure: { kind: flag, default: false },
    }),
  },
  outdatedInstancesStrategy: { kind: text, default: "UPDATE", local: true },
  terminationHookEnabled: { kind: flag, local: true },
} as const;

type Inputs = Values<typeof properties>;

/** A group of one ECS service. Its id is AWS's; an import names it `<application>:<group>`. */
export const deploymentGroup = resourceType({
  token: "aws:codedeploy/deploymentGroup:DeploymentGroup",
  title: "CodeDeploy Deployment Group",
  properties,
  outputs: ["arn", "deploymentGroupId", "computePlatform"],
  operations: (cloud) => ({
    async create(inputs, tags) {
      const { deploymentGroupId } = await cloud.codedeploy.CreateDeploymentGroup({
        ...request(inputs),
        ...{ applicationName: inputs.appName, deploymentGroupName: inputs.deploymentGroupName },
        serviceRoleArn: inputs.serviceRoleArn,
        tags: toTagList(tags),
      });
      return answered(deploymentGroupId, "deploymentGroupId");
    },

    async read(id, known) {
      const named = namesOf(id, known);
      const answer = await unlessAbsent(/(Application|DeploymentGroup)DoesNotExist/, () =>
        cloud.codedeploy.GetDeploymentGroup(named),
      );
      const found = answer?.deploymentGroupInfo;
      if (!found) return undefined;
      const arn = arnOf(cloud, "deploymentgroup", `${found.applicationName}/${found.deploymentGroupName}`);
      return {
        id: answered(found.deploymentGroupId, "deploymentGroupId"),
        properties: { ...read(found), arn, tags: await tagsAt(cloud, arn) },
      };
    },

    async update({ known, inputs, changed }) {
      const { deploymentGroupName: newDeploymentGroupName, serviceRoleArn } = inputs;
      const whole = request(inputs);
      const written = Object.entries(wireNames).filter(([name]) => changed.has(name));
      await cloud.codedeploy.UpdateDeploymentGroup({
        applicationName: inputs.appName,
        currentDeploymentGroupName: known["deploymentGroupName"] as string,
        ...(changed.has("deploymentGroupName") && { newDeploymentGroupName }),
        ...(changed.has("serviceRoleArn") && { serviceRoleArn }),
        ...Object.fromEntries(written.map(([, wire]) => [wire, whole[wire]])),
      });
    },

    retag: retagByArn(cloud),

    async delete(id, known) {
      await unlessAbsent(/ApplicationDoesNotExist/, () =>
        cloud.codedeploy.DeleteDeploymentGroup(namesOf(id, known)),
      );
    },
  }),
});

/** CodeDeploy's own names for the properties that an update may write. */
const wireNames = {
  deploymentConfigName: "deploymentConfigName",
  deploymentStyle: "deploymentStyle",
  ecsService: "ecsServices",
  loadBalancerInfo: "loadBalancerInfo",
  blueGreenDeploymentConfig: "blueGreenDeploymentConfiguration",
  autoRollbackConfiguration: "autoRollbackConfiguration",
  alarmConfiguration: "alarmConfiguration",
} as const satisfies Partial<Record<keyof Inputs, keyof CreateDeploymentGroupInput>>;

type Written = Pick<CreateDeploymentGroupInput, (typeof wireNames)[keyof typeof wireNames]>;

function request(inputs: Inputs): Written {
  const { deploymentStyle: style, ecsService, loadBalancerInfo, blueGreenDeploymentConfig: config } = inputs;
  const pair = loadBalancerInfo?.targetGroupPairInfo;
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: end } = config ?? {};
  const { autoRollbackConfiguration: rollback, alarmConfiguration: alarms } = inputs;
  return {
    deploymentConfigName: inputs.deploymentConfigName,
    deploymentStyle: style && {
      deploymentOption: style.deploymentOption as DeploymentOption,
      deploymentType: style.deploymentType as DeploymentType,
    },
    ecsServices: ecsService && [{ ...ecsService }],
    loadBalancerInfo: pair && {
      targetGroupPairInfoList: [
        {
          targetGroups: pair.targetGroups.map(({ name }) => ({ name })),
          prodTrafficRoute: { listenerArns: [...pair.prodTrafficRoute.listenerArns] },
          ...(pair.testTrafficRoute && {
            testTrafficRoute: { listenerArns: [...pair.testTrafficRoute.listenerArns] },
          }),
        },
      ],
    },
    blueGreenDeploymentConfiguration: config && {
      deploymentReadyOption: ready && {
        actionOnTimeout: ready.actionOnTimeout as DeploymentReadyAction,
        waitTimeInMinutes: ready.waitTimeInMinutes ?? 0,
      },
      terminateBlueInstancesOnDeploymentSuccess: end && {
        action: end.action as InstanceAction,
        terminationWaitTimeInMinutes: end.terminationWaitTimeInMinutes ?? 0,
      },
    },
    autoRollbackConfiguration: {
      enabled: rollback?.enabled ?? false,
      events: (rollback?.events ?? []) as AutoRollbackEvent[],
    },
    alarmConfiguration: {
      enabled: alarms?.enabled ?? false,
      ignorePollAlarmFailure: alarms?.ignorePollAlarmFailure ?? false,
      alarms: (alarms?.alarms ?? []).map((name) => ({ name })),
    },
  };
}

function read(group: DeploymentGroupInfo): Bag {
  const [service] = group.ecsServices ?? [];
  const [pair] = group.loadBalancerInfo?.targetGroupPairInfoList ?? [];
  const { alarmConfiguration: alarms, autoRollbackConfiguration: rollback } = group;
  return {
    ...{ appName: group.applicationName, deploymentGroupName: group.deploymentGroupName },
    ...{ deploymentGroupId: group.deploymentGroupId, computePlatform: group.computePlatform },
    ...{ serviceRoleArn: group.serviceRoleArn, deploymentConfigName: group.deploymentConfigName },
    deploymentStyle: group.deploymentStyle,
    ...(service && {
      ecsService: { clusterName: service.clusterName, serviceName: service.serviceName },
    }),
    ...(pair && {
      loadBalancerInfo: {
        targetGroupPairInfo: {
          prodTrafficRoute: { listenerArns: pair.prodTrafficRoute?.listenerArns ?? [] },
          ...(pair.testTrafficRoute && {
            testTrafficRoute: { listenerArns: pair.testTrafficRoute.listenerArns ?? [] },
          }),
          targetGroups: (pair.targetGroups ?? []).map(({ name }) => ({ name })),
        },
      },
    }),
    blueGreenDeploymentConfig: {
      deploymentReadyOption: group.blueGreenDeploymentConfiguration?.deploymentReadyOption,
      terminateBlueInstancesOnDeploymentSuccess:
        group.blueGreenDeploymentConfiguration?.terminateBlueInstancesOnDeploymentSuccess,
    },
    autoRollbackConfiguration: { enabled: rollback?.enabled ?? false, events: rollback?.events ?? [] },
    alarmConfiguration: {
      ...{ enabled: alarms?.enabled ?? false },
      ignorePollAlarmFailure: alarms?.ignorePollAlarmFailure ?? false,
      alarms: (alarms?.alarms ?? []).map(({ name }) => name),
    },
  };
}

function namesOf(id: string, known: Bag) {
  const [application, group] = id.split(":");
  return {
    applicationName: (known["appName"] as string | undefined) ?? application,
    deploymentGroupName: (known["deploymentGroupName"] as string | undefined) ?? group,
  };
}
