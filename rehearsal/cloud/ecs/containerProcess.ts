import { join } from "node:path";
import { stat } from "node:fs/promises";
import { delimiter, dirname } from "node:path";
import { AwsError } from "../awsError.ts";
import type { Line } from "../../tasks/lines.ts";
import type { Launch } from "../../tasks/launch.ts";
import { type ReadSecrets, secretValue } from "./secretValues.ts";
import type { Task, TaskContainer } from "./tasks.ts";

/** An image as the registry hands it out. */
export interface PulledImage {
  /** `sha256:<64 hex>`. */
  readonly digest: string;
  readonly folder: string;
  readonly config: {
    readonly Cmd?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Env?: readonly string[];
    readonly WorkingDir?: string;
  };
}

/** What a container's process is made of. */
export interface ContainerParts {
  readonly ecr: { pull(reference: string): Promise<PulledImage> };
  readonly secretsmanager: ReadSecrets;
  readonly logs: ContainerLogs;
}

export interface ContainerLogs {
  append(group: string, stream: string, lines: readonly Line[]): void;
  CreateLogGroup(input: { logGroupName: string }): Promise<unknown>;
}

/**
 * Gets all that a container's process needs: image, secrets, log stream. Throws an Error whose message is a task's
 * stopped reason.
 */
export async function prepare(
  container: TaskContainer,
  task: Task,
  { ecr, secretsmanager, logs }: ContainerParts,
): Promise<Launch> {
  const { definition } = container;
  const take = await logTaker(container, task, logs);
  const image = await ecr.pull(definition.image).catch((error: unknown) => {
    throw new Error(
      error instanceof AwsError
        ? `${error.code}: ${error.message}`
        : `CannotPullContainerError: ${String(error)}`,
      { cause: error },
    );
  });
  container.imageDigest = image.digest;
  const secrets = await Promise.all(
    (definition.secrets ?? []).map(
      async ({ name = "", valueFrom = "" }) => [name, await secretValue(valueFrom, secretsmanager)] as const,
    ),
  );
  const override = task.overrides.containerOverrides?.find(({ name }) => name === definition.name);
  const command = override?.command?.length ? override.command : definition.command;
  const ownEntry = definition.entryPoint?.length ? definition.entryPoint : undefined;
  return {
    // As with Docker, another entry point leaves the image's command out.
    command: [
      ...(ownEntry ?? image.config.Entrypoint ?? []),
      ...(command?.length ? command : ownEntry ? [] : (image.config.Cmd ?? [])),
    ],
    folder: await startFolder(image, definition.workingDirectory),
    environment: {
      PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
      ...Object.fromEntries((image.config.Env ?? []).map(pair).filter(([name]) => name !== "PATH")),
      ...named(definition.environment),
      ...named(override?.environment),
      ...Object.fromEntries(secrets),
      // Where a container would listen on all of its own addresses, a process has this one.
      HOST: task.address,
    },
    take,
  };
}

/** CloudWatch's place for a container's output; a container without a log configuration leaves none. */
async function logTaker(
  { definition }: TaskContainer,
  { id }: Task,
  logs: ContainerLogs,
): Promise<(lines: readonly Line[]) => void> {
  const { options } = definition.logConfiguration ?? {};
  const group = options?.["awslogs-group"];
  if (group === undefined) return () => {};
  const stream = [options?.["awslogs-stream-prefix"], definition.name, id].filter(Boolean).join("/");
  if (options?.["awslogs-create-group"] === "true")
    // It is there already as a rule.
    await logs.CreateLogGroup({ logGroupName: group }).catch(() => {});
  try {
    logs.append(group, stream, []);
  } catch (error) {
    const { code = "", message } = error as { readonly code?: string; readonly message: string };
    throw new Error(
      `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${code}: ${message} : exit status 1`,
      { cause: error },
    );
  }
  return (lines) => {
    try {
      logs.append(group, stream, lines);
    } catch {
      // The group was deleted meanwhile: what a task still writes is lost, as on AWS.
    }
  };
}

/** The image's own folder is its root, for absolute paths too. */
async function startFolder({ folder, config }: PulledImage, own: string | undefined): Promise<string> {
  const wanted = join(folder, own ?? config.WorkingDir ?? "");
  const isFolder = await stat(wanted).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? wanted : folder;
}

function named(
  pairs: readonly { readonly name?: string | undefined; readonly value?: string | undefined }[] = [],
): Record<string, string> {
  return Object.fromEntries(pairs.map(({ name = "", value = "" }) => [name, value]));
}

function pair(text: string): readonly [string, string] {
  const [name = "", ...value] = text.split("=");
  return [name, value.join("=")];
}
