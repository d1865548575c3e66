import type { Colour } from "../../infra/release.ts";
import type { DeploymentOrder, UndoOrder } from "../deployments/order.ts";
import { specOn, type Snapshot } from "../deployments/snapshot.ts";
import type { Step } from "../deployments/step.ts";
import { NotInPlace } from "../errors/refusals.ts";
import { askCustomersListener } from "../steps/askSmokeQuestions.ts";
import { bake } from "../steps/bake.ts";
import { checkImage } from "../steps/checkImage.ts";
import { goBack } from "../steps/goBack.ts";
import { migrate } from "../steps/migrate.ts";
import { pointOfNoReturn } from "../steps/pointOfNoReturn.ts";
import { recordSpec } from "../steps/recordSpec.ts";
import { register } from "../steps/register.ts";
import { rest } from "../steps/rest.ts";
import { roll } from "../steps/roll.ts";
import { untilHealthy } from "../steps/untilHealthy.ts";
import { blueGreen } from "./blueGreen.ts";
import type { Engine } from "./engine.ts";
import type { Plan } from "./plan.ts";

/** The live colour's service is updated in place: ECS replaces its tasks one after the other, under traffic. */
export const rolling: Engine = { goesTo, former, lacks: () => 0, deploy, undo, refuse };

/** The first release has nothing to replace, and goes where blue-green would put it. */
function goesTo(snapshot: Snapshot): Colour {
  return snapshot.live ?? blueGreen.goesTo(snapshot);
}

function former(snapshot: Snapshot) {
  return (snapshot.live && specOn(snapshot, snapshot.live)?.replaced) ?? null;
}

function deploy(order: DeploymentOrder, snapshot: Snapshot): Plan {
  const { release, settings } = order;
  const { live, idle } = snapshot;
  if (!live) return blueGreen.deploy(order, snapshot);
  return {
    steps: [
      checkImage(release),
      ...leftovers(snapshot),
      ...migration(order, live),
      roll(live, { release, healthyWithin: settings.healthyWithin }),
      untilHealthy(live, { within: settings.healthyWithin, underTraffic: true }),
      askCustomersListener(live, { release, settings }),
      bake(live, { settings, seconds: settings.bake }),
    ],
    // The rest finds nothing to do, and tidies up when the window closes.
    then: { rest: idle, after: settings.undoWindow },
  };
}

/** It needs a task definition before there is a task that customers could reach. */
function migration({ release, settings }: DeploymentOrder, live: Colour): readonly Step[] {
  if (!settings.migration) return [];
  return [
    register(live, release),
    ...(settings.migration.compatible ? [] : [pointOfNoReturn(release)]),
    migrate(live, { migration: settings.migration, settings }),
    // The release that customers have runs on the new schema from here on.
    askCustomersListener(live, { release: null, settings }),
  ];
}

/** Tasks of the other colour that wait for the undo of an earlier blue-green deployment: as with that, it ends here. */
function leftovers({ services, idle }: Snapshot): readonly Step[] {
  return services[idle].desired > 0 ? [rest(idle)] : [];
}

/**
 * ECS is told first and Pulumi after: its lock, whoever has it, holds up nothing that customers wait for. What ECS was told
 * is recorded also where the tasks never get healthy.
 */
function undo(order: UndoOrder, snapshot: Snapshot): Plan {
  const colour = goesTo(snapshot);
  const back = former(snapshot);
  if (!back) throw new Error("an undo was ordered though nothing was replaced in place");
  const { healthyWithin } = snapshot.outputs.deployment;
  return {
    steps: [
      goBack(colour, back),
      untilHealthy(colour, { within: healthyWithin, underTraffic: true }),
      recordSpec(colour, back),
    ],
  };
}

/** What the load balancer asks of all targets alike can't differ between the tasks that go and those that come. */
function refuse({ release }: Pick<DeploymentOrder, "release">, snapshot: Snapshot): void {
  const stands = snapshot.live && specOn(snapshot, snapshot.live)?.release;
  if (!stands) return;
  for (const key of ["port", "healthPath", "capacity"] as const) {
    if (stands[key] === release[key]) continue;
    throw new NotInPlace({ stack: snapshot.stack, key, from: stands[key], to: release[key] });
  }
}
