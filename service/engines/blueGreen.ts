import type { DeploymentOrder, UndoOrder } from "../deployments/order.ts";
import { specOn, type Snapshot } from "../deployments/snapshot.ts";
import type { Step } from "../deployments/step.ts";
import { askAgain, askSmokeQuestions } from "../steps/askSmokeQuestions.ts";
import { bake } from "../steps/bake.ts";
import { checkImage } from "../steps/checkImage.ts";
import { migrate } from "../steps/migrate.ts";
import { pointOfNoReturn } from "../steps/pointOfNoReturn.ts";
import { shift } from "../steps/shift.ts";
import { stage } from "../steps/stage.ts";
import { rest } from "../steps/rest.ts";
import { untilHealthy } from "../steps/untilHealthy.ts";
import { missingTasks, warm } from "../steps/warm.ts";
import type { Engine } from "./engine.ts";
import type { Plan } from "./plan.ts";

/** Two standing services; the idle one gets the release, is asked whether it works, and then gets the traffic. */
export const blueGreen: Engine = {
  goesTo: ({ idle }) => idle,
  former: (snapshot) => specOn(snapshot, snapshot.idle),
  lacks: missingTasks,
  deploy,
  undo,
};

function deploy(order: DeploymentOrder, snapshot: Snapshot): Plan {
  const { release, settings } = order;
  const { idle: staged, live } = snapshot;
  return {
    steps: [
      checkImage(release),
      stage(staged, { release, settings }),
      untilHealthy(staged, { within: settings.healthyWithin }),
      askSmokeQuestions(staged, { release, settings }),
      ...migration(order, snapshot),
      ...shifts(order, snapshot),
      bake(staged, { settings, seconds: settings.bake }),
    ],
    ...(live ? { then: { rest: live, after: settings.undoWindow } } : {}),
  };
}

function migration({ release, settings }: DeploymentOrder, { idle: staged }: Snapshot): readonly Step[] {
  if (!settings.migration) return [];
  return [
    ...(settings.migration.compatible ? [] : [pointOfNoReturn(release)]),
    migrate(staged, { migration: settings.migration, settings }),
    askAgain(staged, { release, settings }),
  ];
}

function shifts({ settings }: DeploymentOrder, { idle: staged, live }: Snapshot): readonly Step[] {
  // The first release has nobody to share the traffic with.
  if (settings.shift === "all-at-once" || !live) return [shift(staged, 100)];
  const percents = settings.shift === "canary" ? [settings.shiftPercent] : linear(settings.shiftPercent);
  const sticky = settings.shiftInterval;
  return [
    ...percents.flatMap((percent) => [
      shift(staged, percent, { sticky }),
      bake(staged, { settings, seconds: settings.shiftInterval, name: `watch-${percent}` }),
    ]),
    shift(staged, 100),
  ];
}

/** 20 -> 20, 40, 60, 80. */
function linear(percent: number): readonly number[] {
  const count = Math.ceil(100 / percent) - 1;
  return Array.from({ length: count }, (_, index) => percent * (index + 1));
}

/**
 * Gives traffic back to the colour that had it before. With tasks enough it is one write to the load balancer;
 * Pulumi has no part in it. Told `now`, the colour takes the traffic with what it has, if it has anything.
 */
function undo(order: UndoOrder, snapshot: Snapshot): Plan {
  const former = snapshot.idle;
  const undone = snapshot.live ?? snapshot.idle;
  const { healthyWithin } = snapshot.outputs.deployment;
  // Whatever fails after it, nobody wants the undone release back.
  const back = shift(former, 100, { stays: true });
  const strengthen = [warm(former), untilHealthy(former, { within: healthyWithin })];
  if (missingTasks(snapshot) === 0) return { steps: [back, rest(undone)] };
  if (order.now && snapshot.services[former].running > 0)
    return { steps: [back, ...strengthen, rest(undone)] };
  return { steps: [...strengthen, back, rest(undone)] };
}
