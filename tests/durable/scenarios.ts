import type { Deployment } from "../../service/deployments/deployment.ts";
import type { Lane } from "./lane.ts";
import type { DurableStack } from "./stacks.ts";

/** A run from its start to its end, and what came before it on its stack. */
export interface Scenario {
  readonly name: string;
  prepare(lane: Lane, stack: DurableStack): Promise<void>;
  begin(lane: Lane, stack: DurableStack): Promise<Deployment>;
  /** Only from this step on: the ones before it are those of another scenario. */
  readonly from?: string;
  readonly ends: Deployment["status"];
}

/** Slow enough for each wait to be one. */
const slow = { healthyAfter: 600, migration: { code: 0, log: [], takes: 600 } };

const brokenInProduction = {
  ...slow,
  answer: (listener: string) => (listener === "production" ? { status: 502 } : {}),
};

export const scenarios: readonly Scenario[] = [
  {
    name: "blue-green",
    prepare: (_lane, stack) => Promise.resolve(dangerous(stack)),
    begin: (lane, { name }) => lane.deploy(name, { image: "shop:1.1" }),
    ends: "succeeded",
  },
  {
    name: "canary",
    prepare: (_lane, stack) => Promise.resolve(dangerous(stack)),
    begin: (lane, { name }) => lane.deploy(name, { image: "shop:1.1", shift: "canary" }),
    from: "shift-10",
    ends: "succeeded",
  },
  {
    name: "rollback",
    prepare: async (lane, stack) => {
      await deployed(lane, stack);
      dangerous(stack);
      stack.world.behaviour.set("1.2", brokenInProduction);
    },
    begin: (lane, { name }) => lane.deploy(name, { image: "shop:1.2", shift: "canary" }),
    from: "bake",
    ends: "rolled-back",
  },
  {
    name: "undo-warm",
    prepare: deployed,
    begin: (lane, { name }) => lane.undo(name),
    ends: "succeeded",
  },
  {
    name: "undo-from-zero",
    prepare: rested,
    begin: (lane, { name }) => lane.undo(name),
    ends: "succeeded",
  },
  {
    name: "undo-that-fails",
    prepare: async (lane, stack) => {
      await rested(lane, stack);
      stack.world.behaviour.set("1.0", { exits: { code: 1, log: ["secret not found"] } });
    },
    begin: (lane, { name }) => lane.undo(name),
    ends: "stuck",
  },
  {
    name: "rolling",
    prepare: (_lane, stack) => Promise.resolve(dangerous(stack)),
    begin: (lane, { name }) => lane.deploy(name, { image: "shop:1.1", engine: "rolling" }),
    from: "register",
    ends: "succeeded",
  },
  {
    name: "rolling-rollback",
    prepare: (_lane, stack) => {
      dangerous(stack);
      stack.world.behaviour.set("1.1", brokenInProduction);
      stack.world.behaviour.set("1.0", { healthyAfter: 600 });
      return Promise.resolve();
    },
    begin: (lane, { name }) => lane.deploy(name, { image: "shop:1.1", engine: "rolling" }),
    from: "smoke",
    ends: "rolled-back",
  },
  {
    name: "undo-rolling",
    prepare: async (lane, { name, world }) => {
      world.behaviour.set("1.0", { healthyAfter: 600 });
      const { id } = await lane.deploy(name, { image: "shop:1.1", engine: "rolling" });
      await lane.ended(id);
    },
    begin: (lane, { name }) => lane.undo(name),
    ends: "succeeded",
  },
  {
    name: "rest",
    prepare: deployed,
    begin: (lane, { name }) => lane.rest(name),
    ends: "succeeded",
  },
  {
    name: "warm",
    prepare: rested,
    begin: (lane, { name }) => lane.warm(name),
    ends: "succeeded",
  },
];

/** From here on the stack's releases need a while, and their migration can't be taken back. */
function dangerous({ world }: DurableStack): void {
  world.behaviour.set("1.1", slow);
  const migration = { command: ["node", "migrate.mjs"], compatible: false };
  world.outputs = { ...world.outputs, deployment: { ...world.outputs.deployment, migration } };
}

async function deployed(lane: Lane, { name, world }: DurableStack): Promise<void> {
  world.behaviour.set("1.0", { healthyAfter: 600 });
  const { id } = await lane.deploy(name, { image: "shop:1.1" });
  await lane.ended(id);
}

async function rested(lane: Lane, stack: DurableStack): Promise<void> {
  await deployed(lane, stack);
  const { id } = await lane.rest(stack.name);
  await lane.ended(id);
}
