import { conduct } from "../../../service/deployments/conduct.ts";
import { deploy, type DeploymentRequest } from "../../../service/deployments/deploy.ts";
import type { Deployment } from "../../../service/deployments/deployment.ts";
import type { House } from "../../../service/deployments/house.ts";
import { undo, type UndoRequest } from "../../../service/deployments/undo.ts";
import { fakeWorld, type World } from "./fakeWorld.ts";
import { createMemoryRuns, type MemoryRuns } from "./memoryRuns.ts";

/** The service's inside over a fake world, with the two requests as one call each. */
export interface FakeHouse extends House {
  readonly world: World;
  readonly runs: MemoryRuns;
  /** Deploys `shop:<version>` to `prod` and waits for the end. */
  readonly deployed: (version: string, request?: Partial<DeploymentRequest>) => Promise<Deployment>;
  readonly undone: (request?: Partial<UndoRequest>) => Promise<Deployment>;
}

export function fakeHouse(): FakeHouse {
  const world = fakeWorld();
  const runs = createMemoryRuns((run, journal) => conduct(run, journal, world), world.clock);
  const house: House = { ground: world, runs };
  const signal = new AbortController().signal;
  return {
    ...house,
    world,
    runs,
    deployed: async (version, request) => {
      const { id } = await deploy(house, { stack: "prod", image: `shop:${version}`, ...request }, { signal });
      return runs.end(id);
    },
    undone: async (request) => {
      const { id } = await undo(house, { stack: "prod", ...request }, { signal });
      return runs.end(id);
    },
  };
}
