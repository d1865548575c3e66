import type * as sdk from "@aws-sdk/client-ecs";
import { client, notRehearsed } from "./refusals.ts";
import type { Container } from "./taskDefinitions.ts";

/** What a container asks of ECS that a process in a rehearsal would go without: refused, not passed over. */
const unknown = [
  ...(["repositoryCredentials", "links", "restartPolicy", "environmentFiles", "mountPoints"] as const),
  ...(["volumesFrom", "dependsOn", "disableNetworking", "dnsServers", "dnsSearchDomains"] as const),
  ...(["extraHosts", "healthCheck", "resourceRequirements", "firelensConfiguration"] as const),
  ...(["credentialSpecs", "systemControls", "startTimeout"] as const),
] satisfies (keyof sdk.ContainerDefinition)[];

/** What the whole task says that its containers are checked against. */
export interface Of {
  readonly isFargate: boolean;
  readonly isAwsvpc: boolean;
  readonly memory: string | undefined;
  readonly executionRoleArn: string | undefined;
}

/** Checks containers as ECS does on registration, and fills in its defaults. Throws ClientException. */
export function checkContainers(
  definitions: readonly sdk.ContainerDefinition[] | undefined,
  of: Of,
): readonly Container[] {
  if (!definitions?.length) throw client("Container definitions should not be empty");
  const containers = definitions.map((definition) => checked(definition, of));
  const names = containers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw client(`Container.name must be unique: ${twice} is there twice.`);
  if (!containers.some(({ essential }) => essential))
    throw client("Invalid setting for container. At least one container in the task must be essential.");
  const ports = containers.flatMap(({ portMappings }) => portMappings ?? []).map((one) => one.containerPort);
  const taken = ports.find((port, index) => ports.indexOf(port) !== index);
  if (of.isAwsvpc && taken !== undefined)
    throw client(`Containers of a task in awsvpc mode share one address: port ${taken} is there twice.`);
  return containers;
}

function checked(definition: sdk.ContainerDefinition, of: Of): Container {
  const { name, image } = definition;
  if (!name) throw client("Container.name should not be null or empty.");
  if (!image) throw client("Container.image should not be null or empty.");
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw client(
      `Invalid container name (${name}). Up to 255 letters (uppercase and lowercase), numbers, hyphens, and underscores are allowed.`,
    );
  for (const property of unknown)
    if (!isEmpty(definition[property])) throw notRehearsed(`${property} of a container (${name})`);
  if (!of.isFargate && !of.memory && !definition.memory && !definition.memoryReservation)
    throw client(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  if (definition.stopTimeout !== undefined && (definition.stopTimeout < 0 || definition.stopTimeout > 120))
    throw client(`Invalid 'stopTimeout' setting for container '${name}': it is 0 to 120 seconds.`);
  if (definition.secrets?.length && !of.executionRoleArn)
    throw client(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  if (of.isFargate && /\.dkr\.ecr\./.test(image) && !of.executionRoleArn)
    throw client("Fargate requires task definition to have execution role ARN to support ECR images.");
  checkLogs(definition, of);
  return {
    ...{ cpu: 0, environment: [], mountPoints: [], volumesFrom: [], systemControls: [] },
    ...{ ...definition, name, image, essential: definition.essential ?? true },
    portMappings: (definition.portMappings ?? []).map((mapping) => checkedPort(mapping, of)),
  };
}

function checkLogs({ name, logConfiguration }: sdk.ContainerDefinition, of: Of): void {
  if (!logConfiguration) return;
  if (logConfiguration.logDriver !== "awslogs")
    throw notRehearsed(`the log driver ${logConfiguration.logDriver} (container ${name})`);
  if (of.isFargate && !of.executionRoleArn)
    throw client(
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    );
  const needed = ["awslogs-group", "awslogs-region", ...(of.isFargate ? ["awslogs-stream-prefix"] : [])];
  const missing = needed.filter((option) => !logConfiguration.options?.[option]);
  if (missing.length > 0)
    throw client(`Log driver awslogs requires options: ${missing.join(", ")} (container ${name})`);
}

function checkedPort(mapping: sdk.PortMapping, { isAwsvpc }: Of): sdk.PortMapping {
  const { containerPort, hostPort } = mapping;
  if (containerPort === undefined || containerPort < 1 || containerPort > 65_535)
    throw client(`Invalid containerPort ${containerPort}: it is 1 to 65535.`);
  if (isAwsvpc && hostPort && hostPort !== containerPort)
    throw client("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
  return {
    ...mapping,
    hostPort: isAwsvpc ? containerPort : (hostPort ?? 0),
    protocol: mapping.protocol ?? "tcp",
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === false || (Array.isArray(value) && !value.length);
}
