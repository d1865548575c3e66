import type { Colour, Release } from "./release.ts";

export interface Placing {
  readonly release: Release;
  readonly colour: Colour;
  readonly containerName: string;
  /** Name of the CloudWatch log group. */
  readonly logGroup: string;
  readonly region: string;
}

/**
 * The containers of one colour's tasks, in ECS's own shape.
 * The service's container learns its colour and its release's tag as TURNOUT_COLOUR and TURNOUT_RELEASE.
 */
export function containerDefinitions({ release, colour, containerName, logGroup, region }: Placing): string {
  const logConfiguration = {
    logDriver: "awslogs",
    options: {
      "awslogs-group": logGroup,
      "awslogs-region": region,
      "awslogs-stream-prefix": release.tag.replace(/^.*:/, ""),
    },
  };
  const own = {
    name: containerName,
    image: release.image,
    essential: true,
    ...(release.command && { command: release.command }),
    environment: pairs(
      { ...release.environment, TURNOUT_COLOUR: colour, TURNOUT_RELEASE: release.tag },
      "value",
    ),
    secrets: pairs(release.secrets, "valueFrom"),
    portMappings: [{ containerPort: release.port, hostPort: release.port, protocol: "tcp" }],
    stopTimeout: release.stopTimeout,
    logConfiguration,
  };
  const beside = release.sidecars.map(({ name, image, command, environment, secrets, essential }) => ({
    name,
    image,
    essential,
    ...(command && { command }),
    environment: pairs(environment, "value"),
    secrets: pairs(secrets, "valueFrom"),
    stopTimeout: release.stopTimeout,
    logConfiguration,
  }));
  return JSON.stringify([own, ...beside]);
}

/** ECS's lists of names and values, sorted so that the order in a file makes no new revision. */
function pairs(map: Readonly<Record<string, string>>, value: "value" | "valueFrom") {
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => ({ name, [value]: text }));
}
