import { randomUUID } from "node:crypto";
import type * as sdk from "@aws-sdk/client-codedeploy";
import type * as ecsSdk from "@aws-sdk/client-ecs";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { only, required } from "../parameters.ts";
import type { Application, Applications } from "./applications.ts";
import type { Configs } from "./configs.ts";
import { tagMap } from "./tagOperations.ts";

export type GroupOperations = Operations<
  typeof sdk,
  | "CreateDeploymentGroup"
  | "GetDeploymentGroup"
  | "UpdateDeploymentGroup"
  | "DeleteDeploymentGroup"
  | "ListDeploymentGroups"
>;

/** A deployment group of one ECS service. */
export interface Group {
  readonly id: string;
  readonly application: Application;
  name: string;
  settings: GroupSettings;
  readonly tags: Map<string, string>;
  lastSuccessful?: sdk.LastDeploymentInfo;
  lastAttempted?: sdk.LastDeploymentInfo;
}

export type GroupSettings = Required<
  Pick<
    sdk.DeploymentGroupInfo,
    | "deploymentConfigName"
    | "serviceRoleArn"
    | "autoRollbackConfiguration"
    | "alarmConfiguration"
    | "deploymentStyle"
    | "blueGreenDeploymentConfiguration"
    | "loadBalancerInfo"
    | "ecsServices"
  >
>;

const settable = [
  ...(["deploymentConfigName", "serviceRoleArn", "autoRollbackConfiguration", "alarmConfiguration"] as const),
  ...(["deploymentStyle", "blueGreenDeploymentConfiguration", "loadBalancerInfo", "ecsServices"] as const),
] as const;

export interface GroupParts {
  readonly applications: Applications;
  readonly configs: Configs;
  readonly ecs: Operations<typeof ecsSdk, "DescribeServices">;
  readonly isBusy: (group: Group) => boolean;
}

/** Throws DeploymentGroupDoesNotExistException. */
export function findGroup(application: Application, name: string | undefined): Group {
  const wanted = required(name, "deploymentGroupName", "DeploymentGroupNameRequiredException");
  const found = application.groups.get(wanted);
  if (!found)
    throw new AwsError(
      "DeploymentGroupDoesNotExistException",
      `No Deployment Group found for name: ${wanted}`,
    );
  return found;
}

export function groupOperations({ applications, configs, ecs, isBusy }: GroupParts): GroupOperations {
  const check = async (settings: GroupSettings, own: Group | undefined) => {
    configs.find(settings.deploymentConfigName ?? "");
    checkStyle(settings);
    checkReady(settings);
    checkPair(settings);
    const { clusterName: cluster, serviceName = "" } = oneService(settings);
    const { services } = await ecs.DescribeServices({ cluster, services: [serviceName] });
    const service = services?.find(({ status }) => status === "ACTIVE");
    if (service?.deploymentController?.type !== "CODE_DEPLOY")
      throw new AwsError(
        "InvalidECSServiceException",
        `The service ${serviceName} is not there, or its deployment controller is not CODE_DEPLOY.`,
      );
    const others = applications
      .all()
      .flatMap(({ groups }) => [...groups.values()])
      .filter((other) => other !== own);
    const isTaken = ({ settings: { ecsServices } }: Group) =>
      ecsServices?.some((one) => one.clusterName === cluster && one.serviceName === serviceName);
    if (others.some(isTaken))
      throw new AwsError(
        "ECSServiceMappingLimitExceededException",
        "The Amazon ECS service is associated with more than one deployment groups.",
      );
  };

  return {
    async CreateDeploymentGroup(input) {
      only("CreateDeploymentGroup", input, [
        "applicationName",
        "deploymentGroupName",
        ...settable,
        "tags",
        "triggerConfigurations",
        "outdatedInstancesStrategy",
      ]);
      refuseTriggers(input.triggerConfigurations);
      const application = applications.find(input.applicationName);
      const name = required(
        input.deploymentGroupName,
        "deploymentGroupName",
        "DeploymentGroupNameRequiredException",
      );
      required(input.serviceRoleArn, "serviceRoleArn", "RoleRequiredException");
      const settings = settingsOf(input);
      await check(settings, undefined);
      if (application.groups.has(name))
        throw new AwsError(
          "DeploymentGroupAlreadyExistsException",
          `Deployment group name already exists: ${name}`,
        );
      const id = randomUUID();
      application.groups.set(name, { id, application, name, settings, tags: tagMap(input.tags) });
      return { deploymentGroupId: id };
    },

    GetDeploymentGroup(input) {
      return new Promise((resolve) =>
        resolve({
          deploymentGroupInfo: shown(
            findGroup(applications.find(input.applicationName), input.deploymentGroupName),
          ),
        }),
      );
    },

    async UpdateDeploymentGroup(input) {
      only("UpdateDeploymentGroup", input, [
        "applicationName",
        "currentDeploymentGroupName",
        "newDeploymentGroupName",
        ...settable,
        "triggerConfigurations",
        "outdatedInstancesStrategy",
      ]);
      refuseTriggers(input.triggerConfigurations);
      const { groups, ...application } = applications.find(input.applicationName);
      const group = findGroup({ ...application, groups }, input.currentDeploymentGroupName);
      const settings = settingsOf(input, group.settings);
      await check(settings, group);
      const name = input.newDeploymentGroupName ?? group.name;
      if (name !== group.name && groups.has(name))
        throw new AwsError(
          "DeploymentGroupAlreadyExistsException",
          `Deployment group name already exists: ${name}`,
        );
      groups.delete(group.name);
      Object.assign(group, { name, settings });
      groups.set(name, group);
      return {};
    },

    DeleteDeploymentGroup(input) {
      return new Promise((resolve) => {
        const { groups } = applications.find(input.applicationName);
        const name = required(
          input.deploymentGroupName,
          "deploymentGroupName",
          "DeploymentGroupNameRequiredException",
        );
        const group = groups.get(name);
        if (group && isBusy(group))
          throw new AwsError(
            "InvalidOperationException",
            "A deployment group with an active deployment can't be deleted.",
          );
        groups.delete(name);
        resolve({ hooksNotCleanedUp: [] });
      });
    },

    ListDeploymentGroups(input) {
      return new Promise((resolve) => {
        const { name, groups } = applications.find(input.applicationName);
        resolve({ applicationName: name, deploymentGroups: [...groups.keys()] });
      });
    },
  };
}

function settingsOf(
  input: Partial<Omit<sdk.CreateDeploymentGroupInput, "applicationName" | "deploymentGroupName">>,
  former?: GroupSettings,
): GroupSettings {
  return {
    deploymentConfigName:
      input.deploymentConfigName ?? former?.deploymentConfigName ?? "CodeDeployDefault.ECSAllAtOnce",
    serviceRoleArn: input.serviceRoleArn ?? former?.serviceRoleArn,
    autoRollbackConfiguration: input.autoRollbackConfiguration ??
      former?.autoRollbackConfiguration ?? { enabled: false },
    alarmConfiguration: input.alarmConfiguration ??
      former?.alarmConfiguration ?? { enabled: false, alarms: [] },
    deploymentStyle: input.deploymentStyle ?? former?.deploymentStyle,
    blueGreenDeploymentConfiguration:
      input.blueGreenDeploymentConfiguration ?? former?.blueGreenDeploymentConfiguration,
    loadBalancerInfo: input.loadBalancerInfo ?? former?.loadBalancerInfo,
    ecsServices: input.ecsServices ?? former?.ecsServices,
  };
}

/** The longest wait before the traffic or before the end, in minutes: two days. */
const longest = 2880;

function checkStyle({ deploymentStyle: style }: GroupSettings): void {
  if (style?.deploymentType !== "BLUE_GREEN" || style.deploymentOption !== "WITH_TRAFFIC_CONTROL")
    throw new AwsError(
      "InvalidDeploymentStyleException",
      "For ECS deployment, deploymentStyle must be BLUE_GREEN WITH_TRAFFIC_CONTROL.",
    );
}

function checkReady({ blueGreenDeploymentConfiguration: settings }: GroupSettings): void {
  const invalid = (why: string) => new AwsError("InvalidBlueGreenDeploymentConfigurationException", why);
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: end } = settings ?? {};
  if (!ready || !end)
    throw invalid("Both deploymentReadyOption and terminateBlueInstancesOnDeploymentSuccess are needed.");
  const { actionOnTimeout = "CONTINUE_DEPLOYMENT", waitTimeInMinutes: wait = 0 } = ready;
  if (actionOnTimeout === "CONTINUE_DEPLOYMENT" && wait > 0)
    throw invalid("The wait time can't be specified when actionOnTimeout is CONTINUE_DEPLOYMENT.");
  if (wait < 0 || wait > longest) throw invalid(`waitTimeInMinutes is 0 to ${longest}.`);
  const { action = "TERMINATE", terminationWaitTimeInMinutes: until = 0 } = end;
  if (action !== "TERMINATE")
    throw invalid("For ECS deployment the action on blue instances must be TERMINATE.");
  if (until < 0 || until > longest) throw invalid(`terminationWaitTimeInMinutes is 0 to ${longest}.`);
}

function checkPair({ loadBalancerInfo }: GroupSettings): void {
  const [pair, ...others] = loadBalancerInfo?.targetGroupPairInfoList ?? [];
  const groups = pair?.targetGroups ?? [];
  const listeners = pair?.prodTrafficRoute?.listenerArns ?? [];
  if (pair && others.length === 0 && groups.length === 2 && listeners.length === 1) return;
  throw new AwsError(
    "InvalidTargetGroupPairException",
    "There must be one target group pair, of two target groups and one production listener.",
  );
}

function oneService({ ecsServices }: GroupSettings): sdk.ECSService {
  const [service, ...others] = ecsServices ?? [];
  if (service?.serviceName && others.length === 0) return service;
  throw new AwsError("InvalidECSServiceException", "There must be one ECS service, with its cluster.");
}

function refuseTriggers(triggers: readonly sdk.TriggerConfig[] | undefined): void {
  if (triggers?.length)
    throw new AwsError("InvalidTriggerConfigException", "The rehearsal's CodeDeploy has no triggers.");
}

function shown({
  id,
  application,
  name,
  settings,
  lastSuccessful,
  lastAttempted,
}: Group): sdk.DeploymentGroupInfo {
  return {
    ...{ applicationName: application.name, deploymentGroupId: id, deploymentGroupName: name },
    ...{ computePlatform: "ECS", ...structuredClone(settings) },
    ...{
      triggerConfigurations: [],
      autoScalingGroups: [],
      ec2TagFilters: [],
      onPremisesInstanceTagFilters: [],
    },
    ...(lastSuccessful && { lastSuccessfulDeployment: lastSuccessful }),
    ...(lastAttempted && { lastAttemptedDeployment: lastAttempted }),
  };
}
