import type * as sdk from "@aws-sdk/client-ecs";
import type { Ground } from "../cloud.ts";
import type { Operations } from "../operations.ts";
import { atOnce } from "../atOnce.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { checkContainers } from "./containerChecks.ts";
import { checkFargateSize, cpuUnits, memoryUnits } from "./fargateSizes.ts";
import { badToken, client, notRehearsed } from "./refusals.ts";
import { tagList, tagMap } from "./tags.ts";
import type { TaskDefinition, TaskDefinitions } from "./taskDefinitions.ts";

type TaskDefinitionOperations = Operations<
  typeof sdk,
  | "RegisterTaskDefinition"
  | "DescribeTaskDefinition"
  | "DeregisterTaskDefinition"
  | "ListTaskDefinitions"
  | "ListTaskDefinitionFamilies"
  | "DeleteTaskDefinitions"
>;

export function taskDefinitionOperations(
  definitions: TaskDefinitions,
  { identity, clock }: Ground,
): TaskDefinitionOperations {
  return atOnce<TaskDefinitionOperations>({
    RegisterTaskDefinition({ tags, ...input }) {
      only("RegisterTaskDefinition", input, [
        ...(["family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions"] as const),
        ...(["volumes", "placementConstraints", "requiresCompatibilities", "cpu", "memory"] as const),
        ...(["pidMode", "ipcMode", "ephemeralStorage", "runtimePlatform", "enableFaultInjection"] as const),
      ]);
      const family = checkedFamily(input.family);
      const requires = input.requiresCompatibilities ?? [];
      const isFargate = requires.includes("FARGATE");
      if (requires.some((one) => one !== "FARGATE" && one !== "EC2"))
        throw notRehearsed(`the compatibility ${requires.join(", ")}`);
      const isAwsvpc = input.networkMode === "awsvpc";
      if (isFargate && !isAwsvpc) throw client("Fargate only supports network mode ‘awsvpc’.");
      const cpu = cpuUnits(input.cpu);
      const memory = memoryUnits(input.memory);
      if (isFargate) checkFargateSize(cpu, memory);
      const { executionRoleArn } = input;
      const containers = checkContainers(input.containerDefinitions, {
        ...{ isFargate, isAwsvpc, memory, executionRoleArn },
      });
      const revision = definitions.nextRevision(family);
      const arn = definitions.arn(family, revision);
      const definition: TaskDefinition = {
        ...{ arn, family, revision, status: "ACTIVE", containers, tags: tagMap(tags) },
        described: {
          ...{ ...input, taskDefinitionArn: arn, revision, cpu, memory },
          containerDefinitions: [...containers],
          volumes: input.volumes ?? [],
          placementConstraints: input.placementConstraints ?? [],
          ...(requires.length > 0 && { requiresCompatibilities: requires }),
          compatibilities: isAwsvpc && cpu && memory ? ["EC2", "FARGATE"] : ["EC2"],
          registeredAt: clock.now(),
          registeredBy: `arn:aws:iam::${identity.account}:root`,
        },
      };
      definitions.add(definition);
      return { taskDefinition: described(definition), tags: tagList(definition.tags) };
    },

    DescribeTaskDefinition({ taskDefinition, include }) {
      const found = definitions.get(required(taskDefinition, "taskDefinition", "ClientException"));
      if (!found) throw client("Unable to describe task definition.");
      return {
        taskDefinition: described(found),
        ...(include?.includes("TAGS") && { tags: tagList(found.tags) }),
      };
    },

    DeregisterTaskDefinition({ taskDefinition }) {
      const name = required(taskDefinition, "taskDefinition", "ClientException");
      if (!/:\d+$/.test(name)) throw client("The task definition must be in the form of family:revision.");
      const found = definitions.get(name);
      if (!found) throw client("The specified task definition does not exist.");
      if (found.status !== "ACTIVE")
        throw client(
          "The specified task definition is inactive. Specify an active task definition and try again.",
        );
      found.status = "INACTIVE";
      found.deregisteredAt = clock.now();
      return { taskDefinition: described(found) };
    },

    ListTaskDefinitions(input) {
      only("ListTaskDefinitions", input, ["familyPrefix", "status", "sort", "nextToken", "maxResults"]);
      const { familyPrefix, status = "ACTIVE" } = input;
      const found = definitions
        .all()
        .filter((one) => one.status === status)
        // Despite its name the whole family's.
        .filter(({ family }) => familyPrefix === undefined || family === familyPrefix)
        .sort((a, b) => (a.family === b.family ? a.revision - b.revision : a.family < b.family ? -1 : 1));
      if (input.sort === "DESC") found.reverse();
      const { items, next } = page(found, {
        size: input.maxResults ?? 100,
        token: input.nextToken,
        refuse: badToken,
      });
      return { taskDefinitionArns: items.map(({ arn }) => arn), nextToken: next };
    },

    ListTaskDefinitionFamilies(input) {
      only("ListTaskDefinitionFamilies", input, ["familyPrefix", "status", "nextToken", "maxResults"]);
      const { familyPrefix = "", status = "ACTIVE" } = input;
      const active = new Set(
        definitions
          .all()
          .filter((one) => one.status === "ACTIVE")
          .map(({ family }) => family),
      );
      const families = [...new Set(definitions.all().map(({ family }) => family))]
        .filter((family) => family.startsWith(familyPrefix))
        .filter((family) => status === "ALL" || active.has(family) === (status === "ACTIVE"))
        .sort();
      const { items, next } = page(families, {
        size: input.maxResults ?? 100,
        token: input.nextToken,
        refuse: badToken,
      });
      return { families: items, nextToken: next };
    },

    DeleteTaskDefinitions({ taskDefinitions }) {
      const names = required(taskDefinitions, "taskDefinitions", "ClientException");
      if (names.length > 10) throw client("At most 10 task definitions can be deleted at once.");
      const outcomes = names.map((name) => deletion(definitions.get(name), name, clock.now()));
      return {
        taskDefinitions: outcomes.flatMap(({ found }) => (found ? [described(found)] : [])),
        failures: outcomes.flatMap(({ failure }) => (failure ? [failure] : [])),
      };
    },
  });
}

function checkedFamily(family: string | undefined): string {
  if (!family) throw client("Family should not be null or empty.");
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family))
    throw client(
      `Invalid family name (${family}). Up to 255 letters (uppercase and lowercase), numbers, hyphens, and underscores are allowed.`,
    );
  return family;
}

/** ECS keeps what tasks and services still name, so that a deleted revision can be described as long as it is in progress. */
function deletion(
  found: TaskDefinition | undefined,
  name: string,
  now: Date,
): { readonly found?: TaskDefinition; readonly failure?: sdk.Failure } {
  if (!found) throw client("The specified task definition does not exist.");
  if (found.status === "ACTIVE")
    return {
      failure: {
        arn: name,
        reason:
          "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
      },
    };
  found.status = "DELETE_IN_PROGRESS";
  found.deleteRequestedAt ??= now;
  return { found };
}

function described({ described: fixed, ...definition }: TaskDefinition): sdk.TaskDefinition {
  const { status, deregisteredAt, deleteRequestedAt } = definition;
  return { ...fixed, status, deregisteredAt, deleteRequestedAt };
}
