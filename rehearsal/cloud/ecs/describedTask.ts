import type * as sdk from "@aws-sdk/client-ecs";
import type { Identity } from "../cloud.ts";
import { tagList } from "./tags.ts";
import type { Task, TaskContainer } from "./tasks.ts";

/** A task as DescribeTasks answers it. */
export function describedTask(task: Task, { region }: Identity, include: readonly string[] = []): sdk.Task {
  const { definition, placed, stop } = task;
  const isFargate = placed.launchType !== "EC2";
  return {
    ...{ taskArn: task.arn, clusterArn: task.cluster.arn, taskDefinitionArn: definition.arn },
    ...{ group: task.group, startedBy: task.startedBy, version: task.version },
    ...{ lastStatus: task.lastStatus, desiredStatus: task.desiredStatus, healthStatus: "UNKNOWN" },
    ...{ createdAt: task.createdAt, startedAt: task.startedAt, stoppingAt: task.stoppingAt },
    ...{ pullStartedAt: task.pullStartedAt, pullStoppedAt: task.pullStoppedAt },
    ...{ executionStoppedAt: task.executionStoppedAt, stoppedAt: task.stoppedAt },
    ...{ stopCode: stop?.code, stoppedReason: stop?.reason },
    cpu: task.overrides.cpu ?? definition.described.cpu,
    memory: task.overrides.memory ?? definition.described.memory,
    ...{ launchType: placed.launchType, capacityProviderName: placed.capacityProvider },
    ...(isFargate && { platformVersion: placed.platformVersion ?? "1.4.0", platformFamily: "Linux" }),
    ...(task.startedAt && { connectivity: "CONNECTED", connectivityAt: task.startedAt }),
    availabilityZone: `${region}a`,
    overrides: {
      ...{ inferenceAcceleratorOverrides: [], ...task.overrides },
      containerOverrides: task.overrides.containerOverrides ?? [],
    },
    attachments: [networkInterface(task)],
    attributes: [],
    containers: task.containers.map((container) => describedContainer(container, task)),
    tags: include.includes("TAGS") ? tagList(task.tags) : [],
  };
}

/** An address is shown when it is attached, so not before PENDING. */
function networkInterface(task: Task): sdk.Attachment {
  const [subnet = ""] = task.placed.network?.awsvpcConfiguration?.subnets ?? [];
  const isAttached = task.lastStatus !== "PROVISIONING";
  const isGone = task.lastStatus === "STOPPED";
  const details = [
    { name: "subnetId", value: subnet },
    ...(isAttached
      ? [
          { name: "networkInterfaceId", value: task.interfaceId },
          { name: "macAddress", value: macAddress(task.address) },
          { name: "privateDnsName", value: `ip-${task.address.replaceAll(".", "-")}.internal` },
          { name: "privateIPv4Address", value: task.address },
        ]
      : []),
  ];
  return {
    id: attachmentId(task),
    type: "ElasticNetworkInterface",
    status: isGone ? "DELETED" : isAttached ? "ATTACHED" : "PRECREATED",
    details,
  };
}

function describedContainer(container: TaskContainer, task: Task): sdk.Container {
  const { definition, exitCode, reason, imageDigest } = container;
  return {
    ...{ containerArn: container.arn, taskArn: task.arn, name: definition.name, image: definition.image },
    ...{ imageDigest, exitCode, reason, lastStatus: container.lastStatus, healthStatus: "UNKNOWN" },
    ...(task.startedAt && { runtimeId: `${task.id}-${container.arn.replace(/\D/g, "").slice(-10)}` }),
    networkBindings: [],
    networkInterfaces:
      task.lastStatus === "PROVISIONING"
        ? []
        : [{ attachmentId: attachmentId(task), privateIpv4Address: task.address }],
    cpu: String(definition.cpu ?? 0),
    ...(definition.memory !== undefined && { memory: String(definition.memory) }),
    ...(definition.memoryReservation !== undefined && {
      memoryReservation: String(definition.memoryReservation),
    }),
  };
}

/** The last part of a task's id, laid out as the UUID that ECS has there. */
function attachmentId({ id }: Task): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function macAddress(address: string): string {
  const octets = address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return ["02", "00", ...octets].join(":");
}
