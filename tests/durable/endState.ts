import type { Deployment } from "../../service/deployments/deployment.ts";
import type { Lane } from "./lane.ts";
import type { DurableStack } from "./stacks.ts";

/** What a customer, a bill and a reader of the history would notice of a run, and what may be done only once. */
export async function endState(lane: Lane, stack: DurableStack, run: { view: Deployment; since: number }) {
  const { world } = stack;
  const { view } = run;
  const since = world.writes.slice(run.since);
  const { blue, green } = world.colours;
  const rests = await lane.pool.query<{ status: string }>(
    "select status from dbos.workflow_status where workflow_uuid = $1",
    [`${view.id}-rest`],
  );
  return {
    status: view.status,
    error: view.error?.code,
    undoErrors: view.undoErrors?.map(({ code }) => code),
    steps: view.steps.map(({ name, status }) => `${name} ${status}`),
    weights: world.weights,
    told: view.weights,
    sticky: world.sticky,
    test: world.test,
    blue: side(blue),
    green: side(green),
    // Each of these is done once, however often its step was begun.
    placements: since.filter((write) => /^(place|register|replace)/.test(write)),
    migrations: since.filter((write) => write.startsWith("run")),
    shifts: since.filter((write) => write.startsWith("shift")),
    rests: rests.rows.map(({ status }) => status),
  };
}

function side({ desired, release, suspended, tasks }: DurableStack["world"]["colours"]["blue"]) {
  return {
    desired,
    release: release?.tag,
    suspended,
    running: tasks.filter(({ end }) => !end).length,
  };
}
