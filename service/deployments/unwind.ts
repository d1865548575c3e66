import { detailsOf } from "../errors/details.ts";
import type { ProblemDetails } from "../errors/problem.ts";
import type { Journal } from "../ports/runs.ts";
import { never } from "./never.ts";
import type { At, Step } from "./step.ts";
import type { Story } from "./story.ts";

/**
 * Takes the begun steps back, the last one first. One that can't be taken back does not keep the ones before it
 * from trying: each looks before it acts. Answers what failed.
 */
export async function unwind(
  begun: readonly Step[],
  base: Omit<At, "signal" | "promoted" | "say">,
  told: { readonly journal: Journal; readonly story: Story },
): Promise<readonly ProblemDetails[]> {
  const { journal, story } = told;
  const failures: ProblemDetails[] = [];
  // Nobody stops a run while it takes things back.
  const signal = never();
  for (const step of begun.toReversed()) {
    if (!step.undo) continue;
    await story.step(step.name, { status: "undoing" });
    const say = (evidence: string) => void story.step(step.name, { evidence });
    const at: At = { ...base, signal, promoted: signal, say };
    const outcome = await journal.once(`undo ${step.name}`, () => takeBack(step, at));
    if ("problem" in outcome) {
      failures.push(outcome.problem);
      await story.step(step.name, { status: "failed", evidence: outcome.problem.detail });
    } else {
      await story.step(step.name, { status: "undone", evidence: outcome.evidence });
    }
  }
  return failures;
}

async function takeBack(step: Step, at: At): Promise<{ evidence: string } | { problem: ProblemDetails }> {
  try {
    return { evidence: (await step.undo?.(at)) ?? "nothing to take back" };
  } catch (error) {
    return { problem: detailsOf(error) };
  }
}
