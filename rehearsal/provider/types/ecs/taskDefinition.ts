import type {
  Compatibility,
  ContainerDefinition,
  CPUArchitecture,
  IpcMode,
  NetworkMode,
  OSFamily,
  PidMode,
} from "@aws-sdk/client-ecs";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { type Bag, resourceType } from "../../resourceType.ts";
import { block } from "../../schema/block.ts";
import { setOf } from "../../schema/collections.ts";
import { count, flag, text } from "../../schema/leaves.ts";
import { fromSmallTagList } from "../../tagLists.ts";
import { containerDefinitions } from "./containerDefinitions.ts";
import { ecsRetag, ecsTagList } from "./tagging.ts";

/** A revision can't be changed, so that all but its tags makes a new one. */
export const taskDefinition = resourceType({
  token: "aws:ecs/taskDefinition:TaskDefinition",
  title: "ECS Task Definition",
  properties: {
    family: { kind: text, required: true, forceNew: true },
    containerDefinitions: { kind: containerDefinitions, required: true, forceNew: true },
    cpu: { kind: text, forceNew: true },
    memory: { kind: text, forceNew: true },
    networkMode: { kind: text, computed: true, forceNew: true },
    requiresCompatibilities: { kind: setOf(text), forceNew: true },
    executionRoleArn: { kind: text, forceNew: true },
    taskRoleArn: { kind: text, forceNew: true },
    ipcMode: { kind: text, forceNew: true },
    pidMode: { kind: text, forceNew: true },
    runtimePlatform: {
      kind: block({ cpuArchitecture: { kind: text }, operatingSystemFamily: { kind: text } }),
      forceNew: true,
    },
    ephemeralStorage: { kind: block({ sizeInGib: { kind: count, required: true } }), forceNew: true },
    volumes: {
      kind: setOf(block({ name: { kind: text, required: true }, hostPath: { kind: text } })),
      forceNew: true,
    },
    skipDestroy: { kind: flag, default: false, local: true },
    trackLatest: { kind: flag, default: false, local: true },
  },
  outputs: ["arn", "arnWithoutRevision", "revision"],
  operations: (cloud) => {
    const { ecs } = cloud;
    return {
      async create(inputs, tags) {
        const { taskDefinition: made } = await ecs.RegisterTaskDefinition({
          family: inputs.family,
          containerDefinitions: JSON.parse(inputs.containerDefinitions) as ContainerDefinition[],
          ...{ cpu: inputs.cpu, memory: inputs.memory },
          ...{ executionRoleArn: inputs.executionRoleArn, taskRoleArn: inputs.taskRoleArn },
          ...(inputs.networkMode && { networkMode: inputs.networkMode as NetworkMode }),
          ...(inputs.requiresCompatibilities && {
            requiresCompatibilities: inputs.requiresCompatibilities as Compatibility[],
          }),
          ...(inputs.ipcMode && { ipcMode: inputs.ipcMode as IpcMode }),
          ...(inputs.pidMode && { pidMode: inputs.pidMode as PidMode }),
          ...(inputs.runtimePlatform && {
            runtimePlatform: {
              cpuArchitecture: inputs.runtimePlatform.cpuArchitecture as CPUArchitecture | undefined,
              operatingSystemFamily: inputs.runtimePlatform.operatingSystemFamily as OSFamily | undefined,
            },
          }),
          ...(inputs.ephemeralStorage && {
            ephemeralStorage: { sizeInGiB: inputs.ephemeralStorage.sizeInGib },
          }),
          ...(inputs.volumes && {
            volumes: inputs.volumes.map(({ name, hostPath }) => ({
              ...{ name, ...(hostPath && { host: { sourcePath: hostPath } }) },
            })),
          }),
          ...ecsTagList(tags),
        });
        return answered(made?.taskDefinitionArn, "taskDefinitionArn");
      },

      async read(id, known) {
        const answer = await unlessAbsent(/ClientException|NotFound/, () =>
          ecs.DescribeTaskDefinition({ taskDefinition: revisionOf(id, known), include: ["TAGS"] }),
        );
        const found = answer?.taskDefinition;
        // Nothing new can be started from an inactive revision: for the real provider it is gone.
        if (!found || found.status === "INACTIVE" || found.status === "DELETE_IN_PROGRESS") return undefined;
        const arn = answered(found.taskDefinitionArn, "taskDefinitionArn");
        return {
          id: answered(found.family, "family"),
          properties: {
            ...{ arn, arnWithoutRevision: arn.replace(/:\d+$/, ""), revision: found.revision },
            ...{ family: found.family, cpu: found.cpu ?? "", memory: found.memory ?? "" },
            containerDefinitions: JSON.stringify(found.containerDefinitions ?? []),
            networkMode: found.networkMode ?? "",
            requiresCompatibilities: found.requiresCompatibilities ?? [],
            ...{ executionRoleArn: found.executionRoleArn ?? "", taskRoleArn: found.taskRoleArn ?? "" },
            ...{ ipcMode: found.ipcMode ?? "", pidMode: found.pidMode ?? "" },
            ...(found.runtimePlatform && { runtimePlatform: { ...found.runtimePlatform } }),
            ...(found.ephemeralStorage && {
              ephemeralStorage: { sizeInGib: found.ephemeralStorage.sizeInGiB },
            }),
            volumes: (found.volumes ?? []).map(({ name, host }) => ({
              ...{ name, hostPath: host?.sourcePath ?? "" },
            })),
            tags: fromSmallTagList(answer.tags),
          },
        };
      },

      retag: ecsRetag(cloud),

      async delete(id, known) {
        if (known["skipDestroy"] === true) return;
        await unlessAbsent(/ClientException|NotFound/, () =>
          ecs.DeregisterTaskDefinition({ taskDefinition: revisionOf(id, known) }),
        );
      },
    };
  },
});

/**
 * The id is the family, as with the real provider, so that the recorded ARN says which revision it is. With `trackLatest`
 * that is always the newest. An import gives an ARN as the id.
 */
function revisionOf(id: string, { arn, trackLatest }: Bag): string {
  return trackLatest !== true && typeof arn === "string" ? arn : id;
}
