import type { DeploymentSettings } from "../../infra/outputs.ts";
import type { Colour } from "../../infra/release.ts";
import { refuseDrift, refuseMovedWeights } from "../deployments/drift.ts";
import type { At, Step } from "../deployments/step.ts";
import { Problem } from "../errors/problem.ts";
import { ask } from "./asking.ts";
import { crashed, explain, numberOf } from "./crashes.ts";

/** Milliseconds between two rounds. */
const pause = 1000;

interface Watch {
  readonly settings: DeploymentSettings;
  readonly seconds: number;
  /** The step's name where it is not the bake itself. */
  readonly name?: string;
}

/**
 * Watches a colour that has traffic: a crashed task fails it at once, an unhealthy target or a wrong answer when
 * the next round finds one too. A promote ends it early. Throws Drift at its end when somebody moved the weights.
 */
export function bake(colour: Colour, { settings, seconds, name = "bake" }: Watch): Step {
  return {
    name,
    title: `watch ${colour} for ${seconds} s`,
    run: async (at) => {
      const done = await watch(at, colour, { settings, seconds });
      // Nothing comes after the last watch, so nothing else would notice what somebody did during it, or ECS by itself.
      await (colour === at.snapshot.live ? refuseDrift(at, {}) : refuseMovedWeights(at));
      return done;
    },
  };
}

async function watch(at: At, colour: Colour, { settings, seconds }: Watch): Promise<{ evidence: string }> {
  const until = at.clock.now().getTime() + seconds * 1000;
  let rounds = 0;
  let doubt: string | null = null;
  for (;;) {
    const wrong = await round(at, colour, settings);
    if (wrong && doubt) throw failed(`${wrong} (and a round before: ${doubt})`);
    doubt = wrong;
    rounds += 1;
    const left = until - at.clock.now().getTime();
    const sofar = `${rounds} rounds, ${wrong ? `the last one in doubt: ${wrong}` : "all well"}`;
    if (at.promoted.aborted && !doubt)
      return { evidence: `${sofar}; promoted ${Math.round(left / 1000)} s early` };
    if (left <= 0 && !doubt) return { evidence: sofar };
    at.say(`${sofar}; ${Math.max(0, Math.ceil(left / 1000))} s left`);
    await nap(at, left > 0 && !doubt ? Math.min(pause, left) : pause);
  }
}

/** Null when all is well, else what is not. */
async function round(at: At, colour: Colour, settings: DeploymentSettings): Promise<string | null> {
  const staged = at.facts.staged;
  const [tasks, targets] = await Promise.all([
    at.cloud.tasks.list(colour, at.signal),
    at.cloud.traffic.health(colour, at.signal),
  ]);
  const crashes = staged ? crashed(tasks, staged) : [];
  if (staged && crashes[0]) {
    const { sentence, lines } = await explain(at, {
      colour,
      task: crashes[0],
      number: numberOf(crashes[0], tasks, staged),
    });
    throw failed(`${crashes.length} of ${colour}'s tasks stopped; ${sentence}`, lines);
  }
  const sick = targets.filter(({ state }) => state === "unhealthy");
  if (sick[0])
    return `${sick.length} of ${targets.length} targets are unhealthy: ${sick[0].reason ?? sick[0].address}`;
  const questions = settings.smoke.filter(({ method }) => (method ?? "GET") === "GET");
  // While both colours serve, and for a moment after, either release may answer: the header is not judged here.
  const answers = await Promise.all(
    questions.map((question) => ask(at, { listener: "production", question })),
  );
  return answers.find((answer) => answer !== null) ?? null;
}

/** Sleeps, but a promote wakes it. */
async function nap(at: At, ms: number): Promise<void> {
  if (at.promoted.aborted) return at.clock.sleep(Math.min(ms, 250), at.signal);
  try {
    await at.clock.sleep(ms, AbortSignal.any([at.signal, at.promoted]));
  } catch (error) {
    at.signal.throwIfAborted();
    if (!at.promoted.aborted) throw error;
  }
}

function failed(detail: string, evidence: readonly string[] = []): Problem {
  return new Problem("bake", {
    detail,
    evidence,
    next: "The former release takes its place again. Mend this one, push it under a new tag and deploy that.",
  });
}
