import type { DeploymentOrder } from "../deployments/order.ts";
import type { Snapshot } from "../deployments/snapshot.ts";
import type { Step } from "../deployments/step.ts";
import { askAgain, askSmokeQuestions } from "../steps/askSmokeQuestions.ts";
import { bake } from "../steps/bake.ts";
import { checkImage } from "../steps/checkImage.ts";
import { migrate } from "../steps/migrate.ts";
import { pointOfNoReturn } from "../steps/pointOfNoReturn.ts";
import { shift } from "../steps/shift.ts";
import { stage } from "../steps/stage.ts";
import { untilHealthy } from "../steps/untilHealthy.ts";
import type { Plan } from "./plan.ts";

/** Two standing services; the idle one gets the release, is asked whether it works, and then gets the traffic. */
export function blueGreen(order: DeploymentOrder, snapshot: Snapshot): Plan {
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
