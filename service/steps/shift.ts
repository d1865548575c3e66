import { otherColour, type Colour } from "../../infra/release.ts";
import { sameWeights, sayWeights } from "../deployments/drift.ts";
import type { At, Done, Step } from "../deployments/step.ts";
import { Problem } from "../errors/problem.ts";
import { Drift } from "../errors/refusals.ts";
import type { Target, Weights } from "../ports/traffic.ts";

/**
 * Gives a colour so many percent of the traffic: absolute weights, read back, with both sides' health in the same
 * second. `sticky` seconds keep a customer with one colour while both serve; the last shift writes it off. What `stays`
 * is not taken back when a later step fails.
 */
export function shift(
  to: Colour,
  percent: number,
  options: { readonly sticky?: number; readonly stays?: true } = {},
): Step {
  const weights = { [to]: percent, [otherColour(to)]: 100 - percent } as Weights;
  const sticky = percent === 100 ? null : (options.sticky ?? null);
  return {
    name: percent === 100 ? "shift" : `shift-${percent}`,
    title: percent === 100 ? `shift all traffic to ${to}` : `shift ${percent}% to ${to}`,
    aims: weights,
    run: (at) => write(at, to, { weights, sticky }),
    ...(options.stays ? {} : { undo: (at: At) => putBack(at, weights) }),
  };
}

async function write(at: At, to: Colour, aim: { weights: Weights; sticky: number | null }): Promise<Done> {
  const { traffic } = at.cloud;
  const [stands, before] = await Promise.all([traffic.rules(at.signal), traffic.health(to, at.signal)]);
  if (healthy(before) === 0) {
    throw new Problem("unhealthy", {
      detail: `${to} has no healthy target (${before.length} registered), so it gets no traffic.`,
      next: `Look at GET /stacks/${at.snapshot.stack}.`,
    });
  }
  // A process that died after its write leaves nothing to write.
  const isDone = sameWeights(stands.production, aim.weights) && stands.sticky === aim.sticky;
  const rules = isDone ? stands : await traffic.shift(aim, at.signal);
  if (!sameWeights(rules.production, aim.weights)) throw notTaken(at, rules.production, aim.weights);
  const now = at.clock.now().toISOString();
  const [blue, green] = await Promise.all([
    traffic.health("blue", at.signal),
    traffic.health("green", at.signal),
  ]);
  return {
    evidence: `${sayWeights(rules.production)}; healthy: blue ${healthy(blue)} of ${blue.length}, green ${healthy(green)} of ${green.length}`,
    facts: { weights: rules.production, ...(aim.weights[to] === 100 ? { trafficLiveAt: now } : {}) },
  };
}

/** Back to what the production rule was when the run was asked for; somebody else's weights are left alone. */
async function putBack(at: At, aimed: Weights): Promise<string> {
  const { production: former, sticky } = at.snapshot.rules;
  const { production: now } = await at.cloud.traffic.rules(at.signal);
  if (sameWeights(now, former)) return `the weights are ${sayWeights(former)}, as before`;
  if (!sameWeights(now, aimed) && !(at.facts.weights && sameWeights(now, at.facts.weights))) {
    throw new Drift(`The production rule weighs ${sayWeights(now)}, so it is left alone.`, at.snapshot.stack);
  }
  const rules = await at.cloud.traffic.shift({ weights: former, sticky }, at.signal);
  if (!sameWeights(rules.production, former)) throw notTaken(at, rules.production, former);
  return `the weights are ${sayWeights(former)} again`;
}

function healthy(targets: readonly Target[]): number {
  return targets.filter(({ state }) => state === "healthy").length;
}

function notTaken(at: At, read: Weights, written: Weights): Problem {
  return new Problem("not-taken", {
    detail: `The production rule was set to ${sayWeights(written)}, but it reads ${sayWeights(read)}.`,
    next: `Look at the rule ${at.snapshot.outputs.productionRule}.`,
  });
}
