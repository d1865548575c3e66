import type { DeploymentSettings, Migration } from "../../infra/outputs.ts";
import type { Colour } from "../../infra/release.ts";
import type { At, Done, Step } from "../deployments/step.ts";
import { until } from "../deployments/until.ts";
import { Problem } from "../errors/problem.ts";
import type { OneOff, Task } from "../ports/tasks.ts";
import { explain } from "./crashes.ts";
import { watchLive } from "./watch.ts";

/**
 * Runs the migration as a one-off task of the task definition that was staged, or registered only, and watches the live colour meanwhile.
 * Nobody cuts it short: half a migration is worse than a late cancel. Its container's exit code decides.
 */
export function migrate(
  staged: Colour,
  what: { readonly migration: Migration; readonly settings: DeploymentSettings },
): Step {
  const { migration, settings } = what;
  return {
    name: "migrate",
    title: `migrate the database: ${migration.command.join(" ")}`,
    hasBegun: async (at) => (await at.cloud.oneOffs.find(oneOff(at, staged, migration), at.signal)) !== null,
    run: (at) => runOnce(at, staged, { migration, within: settings.migrationWithin }),
  };
}

/** One task for the whole run, however often it is asked for. */
function oneOff(at: At, staged: Colour, { command }: Migration): OneOff {
  const taskDefinition = at.facts.registered ?? at.facts.staged?.taskDefinition;
  if (!taskDefinition) throw new Error("nothing was staged or registered before the migration");
  const marks = { startedBy: at.run.slice(0, 36), token: `${at.run}-migrate` };
  return { colour: staged, taskDefinition, command, ...marks };
}

async function runOnce(
  at: At,
  staged: Colour,
  what: { migration: Migration; within: number },
): Promise<Done> {
  const { oneOffs } = at.cloud;
  const arn = await oneOffs.run(oneOff(at, staged, what.migration), at.signal);
  const live = watchLive(at);
  const task = await until<Task>(at, {
    within: what.within,
    look: async () => {
      const [seen] = await Promise.all([oneOffs.look(arn, at.signal), live.look()]);
      return seen.end
        ? { done: seen }
        : { missing: `the migration's task is ${seen.status}; ${live.report()}` };
    },
    tooLate: (last) =>
      failed(`it had not ended after ${what.within} s (${last}); the task ${arn} is left running`, {
        report: live.report(),
      }),
  });
  if (task.end?.exitCode !== 0) {
    const { sentence, lines } = await explain(at, { colour: staged, task, number: 1 });
    throw failed(sentence, { report: live.report(), lines });
  }
  return {
    evidence: `it exited 0; ${live.report()}`,
    facts: { migrated: what.migration.compatible ? "compatible" : "incompatible" },
  };
}

function failed(why: string, what: { readonly report: string; readonly lines?: readonly string[] }): Problem {
  return new Problem("migration-failed", {
    detail: `The migration failed: ${why}`,
    evidence: [...(what.lines ?? []), what.report],
    next: "Look at what it left in the database, mend it, push a new tag and deploy that; traffic has not moved.",
  });
}
