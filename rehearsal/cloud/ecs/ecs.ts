import { Addresses } from "../../tasks/addresses.ts";
import { startGuard } from "../../tasks/guard.ts";
import type { Ground } from "../cloud.ts";
import { clusterOperations } from "./clusterOperations.ts";
import { Clusters } from "./clusters.ts";
import type { ContainerParts } from "./containerProcess.ts";
import type { TargetOperations } from "./registration.ts";
import { serviceOperations } from "./serviceOperations.ts";
import { Services } from "./services.ts";
import type { TaskSetOperations } from "./taskSetOperations.ts";
import { tagOperations } from "./tagOperations.ts";
import { taskDefinitionOperations } from "./taskDefinitionOperations.ts";
import { TaskDefinitions } from "./taskDefinitions.ts";
import { taskOperations } from "./taskOperations.ts";
import { Tasks } from "./tasks.ts";
import { TaskStarter } from "./taskStarter.ts";

/** ECS, as far as Fargate services and tasks go. */
export type Ecs = ReturnType<typeof clusterOperations> &
  ReturnType<typeof taskDefinitionOperations> &
  ReturnType<typeof serviceOperations>["operations"] &
  ReturnType<typeof taskOperations> &
  ReturnType<typeof tagOperations> & {
    /** A service's task sets, as its controller moves them; nobody else may. */
    readonly forCodeDeploy: TaskSetOperations;
    /** Ends every task, and waits until they have. */
    close(): Promise<void>;
  };

/** What ECS asks of the others. */
export interface EcsParts extends ContainerParts {
  readonly elbv2: TargetOperations;
}

/**
 * ECS with tasks that are processes of this machine, each on an address of the rehearsal's network.
 * `close` ends them all; they end, too, when this process is killed.
 */
export function createEcs(ground: Ground, parts: EcsParts): Ecs {
  const { identity, clock } = ground;
  const clusters = new Clusters(identity);
  const definitions = new TaskDefinitions(identity);
  const services = new Services(identity);
  const tasks = new Tasks(clock);
  const guard = startGuard();
  const addresses = new Addresses(ground.network);
  const starter = new TaskStarter(tasks, identity, { ...parts, clock, guard, addresses });
  const scheduling = { clock, tasks, starter, elbv2: parts.elbv2 };
  const all = { ground, clusters, definitions, services, tasks, starter, scheduling, elbv2: parts.elbv2 };
  const serviceOnes = serviceOperations(all);

  return {
    ...clusterOperations(all),
    ...taskDefinitionOperations(definitions, ground),
    ...serviceOnes.operations,
    ...taskOperations(all),
    ...tagOperations(all),
    forCodeDeploy: serviceOnes.forCodeDeploy,
    close: async () => {
      await serviceOnes.close();
      await starter.close();
      await guard.close();
    },
  };
}
