import {
  DeregisterTaskDefinitionCommand,
  paginateListTaskDefinitions,
  type ECSClient,
} from "@aws-sdk/client-ecs";
import type { Outputs } from "../../../infra/outputs.ts";
import type { Revisions } from "../../ports/tasks.ts";

/** Revisions over ECS. */
export function createRevisions(ecs: ECSClient, outputs: Outputs): Revisions {
  return {
    active: async (colour, signal) => {
      const family = outputs.colours[colour].taskDefinitionFamily;
      const found: string[] = [];
      const pages = paginateListTaskDefinitions(
        { client: ecs },
        { familyPrefix: family, status: "ACTIVE" },
        { abortSignal: signal },
      );
      for await (const { taskDefinitionArns } of pages) found.push(...(taskDefinitionArns ?? []));
      // AWS's word is prefix: another family may begin with this one's name.
      return found.filter((arn) => arn.slice(arn.lastIndexOf("/") + 1, arn.lastIndexOf(":")) === family);
    },
    deregister: async (taskDefinition, signal) => {
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }), { abortSignal: signal });
    },
  };
}
