import { isDeepStrictEqual } from "node:util";
import { isEmpty } from "../../schema/kinds.ts";
import { json } from "../../schema/leaves.ts";

/**
 * Container definitions as a JSON list. ECS answers them with its own defaults filled in and in an order of its own, which
 * is no change. What counts as the same is the real provider's (internal/service/ecs/container_definition_equivalency.go).
 */
export const containerDefinitions = json((wanted, actual) =>
  isDeepStrictEqual(normal(wanted), normal(actual)),
);

type Container = Readonly<Record<string, unknown>>;

function normal(definitions: unknown): unknown {
  if (!Array.isArray(definitions)) return definitions;
  return sorted(definitions as readonly Container[], "name").map(normalContainer);
}

function normalContainer(container: Container): unknown {
  const { portMappings, environment, secrets, healthCheck, mountPoints, ...rest } = container;
  return bare({
    ...rest,
    essential: rest["essential"] ?? true,
    // The port of an awsvpc task's own address is the container's.
    portMappings: sorted(list(portMappings).map(normalPort), "containerPort"),
    environment: sorted(list(environment), "name"),
    secrets: sorted(list(secrets), "name"),
    mountPoints: list(mountPoints),
    ...(typeof healthCheck === "object" && {
      healthCheck: { interval: 30, timeout: 5, retries: 3, ...healthCheck },
    }),
  });
}

function normalPort({ protocol, hostPort, containerPort, ...rest }: Container): Container {
  return {
    ...rest,
    containerPort,
    protocol: protocol ?? "tcp",
    hostPort: hostPort === undefined || hostPort === 0 ? containerPort : hostPort,
  };
}

function list(value: unknown): readonly Container[] {
  return Array.isArray(value) ? (value as readonly Container[]) : [];
}

function sorted(containers: readonly Container[], by: string): readonly Container[] {
  const key = (one: Container) => String(one[by]);
  return [...containers].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Without what ECS fills in as nothing: zeros, false, empty lists. An empty text is a value. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]): [string, unknown] => [key, bare(one)])
      .filter(([key, one]) => one === "" || key === "essential" || !isEmpty(one)),
  );
}
