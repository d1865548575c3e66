import type { Journal } from "../ports/runs.ts";
import type { Deployment, StepView } from "./deployment.ts";
import { advance, type Status } from "./status.ts";
import type { Step } from "./step.ts";

/** How a run looks to its readers, told as it goes on. */
export interface Story {
  readonly view: () => Deployment;
  readonly tell: (
    change: Partial<Omit<Deployment, "status" | "revision">> & { readonly status?: Status },
  ) => Promise<void>;
  readonly step: (name: string, change: Partial<StepView>) => Promise<void>;
}

/** Starts from the first view and the steps to come. What can't be shown is no reason to fail a deployment. */
export function openStory(journal: Journal, first: Deployment): Story {
  let view = first;
  const tell: Story["tell"] = async (change) => {
    const status = change.status ? advance(view.status, change.status) : view.status;
    view = { ...view, ...change, status, revision: view.revision + 1 };
    await journal.report(view);
  };
  return {
    view: () => view,
    tell,
    step: (name, change) =>
      tell({ steps: view.steps.map((step) => (step.name === name ? { ...step, ...change } : step)) }),
  };
}

/** The steps as they look before any of them began. */
export function toCome(steps: readonly Step[]): readonly StepView[] {
  return steps.map(({ name, title }) => ({ name, title, status: "waiting" }));
}
