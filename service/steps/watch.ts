import type { At } from "../deployments/step.ts";
import { ask } from "./asking.ts";

/** Milliseconds between two rounds of questions. */
const pause = 1000;

/** Asks customers' own listener now and then, and counts the answers; it judges nothing. */
export function watchLive(at: At): { look(): Promise<void>; report(): string } {
  const { live, outputs } = at.snapshot;
  const questions = live
    ? outputs.deployment.smoke.filter(
        ({ needsMigration, method }) => !needsMigration && (method ?? "GET") === "GET",
      )
    : [];
  let asked = 0;
  const wrong: string[] = [];
  let lastRound = -Infinity;
  return {
    look: async () => {
      const now = at.clock.now().getTime();
      if (now - lastRound < pause) return;
      lastRound = now;
      const answers = await Promise.all(
        questions.map((question) => ask(at, { listener: "production", question })),
      );
      asked += answers.length;
      wrong.push(...answers.filter((answer) => answer !== null));
    },
    report: () => {
      if (!live) return "nothing is live yet";
      const right = `${live} answered ${asked - wrong.length} of ${asked} questions right meanwhile`;
      return wrong.length > 0 ? `${right}; first wrong answer: ${wrong[0]}` : right;
    },
  };
}
