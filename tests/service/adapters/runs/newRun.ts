import type { Deployment } from "../../../../service/deployments/deployment.ts";
import type { NewRun } from "../../../../service/ports/runs.ts";

/** A run of no content: a rest order, since it needs no snapshot, under whatever kind the test wants. */
export function newRun(id: string, view: Partial<Deployment> = {}): NewRun {
  const stack = view.stack ?? "prod";
  return {
    order: { kind: "rest", stack, colour: "blue", follows: null },
    view: {
      id,
      kind: "deployment",
      stack,
      status: "queued",
      revision: 1,
      engine: "blue-green",
      createdAt: new Date().toISOString(),
      steps: [],
      notes: [],
      ...view,
    },
  };
}
