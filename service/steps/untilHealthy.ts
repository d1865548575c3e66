import type { Colour } from "../../infra/release.ts";
import type { At, Staged, Step } from "../deployments/step.ts";
import { until, type Look } from "../deployments/until.ts";
import { shortName } from "../deployments/shortName.ts";
import { Problem } from "../errors/problem.ts";
import type { Task } from "../ports/tasks.ts";
import type { Target } from "../ports/traffic.ts";
import { crashed, explain, numberOf } from "./crashes.ts";

/**
 * Waits until the colour serves what was put on it: ECS replaces nothing any more, and every target that the load
 * balancer calls healthy is a task of that task definition. `within` seconds; a task that crashes ends it at once.
 * `underTraffic`: customers have the colour already, so from here on they have the release.
 */
export function untilHealthy(
  colour: Colour,
  { within, underTraffic }: { readonly within: number; readonly underTraffic?: true },
): Step {
  return {
    name: "healthy",
    title: `wait until ${colour} is healthy`,
    // ECS may have gone back by itself while nobody looked: that is found out here, with its cause.
    ...(underTraffic ? { replaces: colour } : {}),
    run: async (at) => {
      const { staged } = at.facts;
      if (!staged) throw new Error("nothing was staged before the wait for health");
      const { evidence, since } = await waitUntilHealthy(at, { ...staged, colour }, within);
      return { evidence, ...(underTraffic ? { facts: { trafficLiveAt: since } } : {}) };
    },
  };
}

/** What was seen at the end, and since when (ISO 8601) no request goes to anything else: the tasks before still drain then. */
interface Serves {
  readonly evidence: string;
  readonly since: string;
}

type Placed = Staged & { readonly colour: Colour };

export async function waitUntilHealthy(at: At, staged: Placed, within: number): Promise<Serves> {
  const seen: { since?: string | undefined } = {};
  const evidence = await until(at, {
    within,
    look: () => lookAt(at, staged, seen),
    tooLate: (last) =>
      neverHealthy(at, staged.colour, {
        detail: `${staged.colour} was not healthy within ${within} s: ${last}`,
      }),
  });
  return { evidence, since: seen.since ?? at.clock.now().toISOString() };
}

async function lookAt(at: At, staged: Placed, seen: { since?: string | undefined }): Promise<Look<string>> {
  const { tasks, traffic } = at.cloud;
  const { colour } = staged;
  const [service, list, targets] = await Promise.all([
    tasks.service(colour, at.signal),
    tasks.list(colour, at.signal),
    traffic.health(colour, at.signal),
  ]);
  const healthy = servedBy(targets, list, staged.taskDefinition);
  // Autoscaling may have taken tasks away since.
  const wanted = Math.min(staged.count, Math.max(1, service.desired));
  const count = `${healthy.right} of ${wanted} healthy`;
  const crash = crashed(list, staged)[0];
  if (crash) {
    const { sentence, lines } = await explain(at, {
      colour,
      task: crash,
      number: numberOf(crash, list, staged),
    });
    throw neverHealthy(at, colour, { detail: `${count}; ${sentence}`, evidence: lines });
  }
  if (service.taskDefinition !== staged.taskDefinition) {
    const why = service.events[0] ?? "it does not say why";
    const now = `ECS starts ${shortName(service.taskDefinition)} now and no longer ${shortName(staged.taskDefinition)}`;
    throw neverHealthy(at, colour, { detail: `${count}; ${now}: ${why}`, evidence: service.events });
  }
  const servesAlone = healthy.wrong === 0 && healthy.right >= wanted;
  seen.since = servesAlone ? (seen.since ?? at.clock.now().toISOString()) : undefined;
  const replaced = service.deployments.filter(
    ({ taskDefinition }) => taskDefinition !== staged.taskDefinition,
  );
  if (replaced.length === 0 && service.deployments.length === 1 && servesAlone) {
    return { done: `${count}, all of them ${shortName(staged.taskDefinition)}` };
  }
  return { missing: [count, ...waitingFor(targets, service.events), ...replaced.map(old)].join("; ") };
}

/** How many healthy targets are tasks of this task definition, and how many are anything else. */
export function servedBy(
  targets: readonly Target[],
  tasks: readonly Task[],
  taskDefinition: string,
): { readonly right: number; readonly wrong: number } {
  const addresses = new Set(
    tasks.filter((task) => task.taskDefinition === taskDefinition).map((task) => task.address),
  );
  const healthy = targets.filter(({ state }) => state === "healthy");
  const right = healthy.filter(({ address }) => addresses.has(address)).length;
  return { right, wrong: healthy.length - right };
}

function waitingFor(targets: readonly Target[], events: readonly string[]): readonly string[] {
  const states = targets.filter(({ state }) => state !== "healthy" && state !== "draining");
  if (states.length > 0)
    return states.map(({ address, state, reason }) => `${address} ${state}${reason ? ` (${reason})` : ""}`);
  const unable = events[0]?.includes("unable") ? [events[0]] : [];
  return unable;
}

function old({ taskDefinition }: { taskDefinition: string }): string {
  return `ECS still stops ${shortName(taskDefinition)}`;
}

function neverHealthy(
  at: At,
  colour: Colour,
  what: { detail: string; evidence?: readonly string[] },
): Problem {
  return new Problem("unhealthy", { ...what, next: mendIt(at, colour) });
}

/** What to do after a release on this colour was found bad, and who met it. */
export function mendIt({ snapshot }: At, colour: Colour): string {
  const who =
    colour === snapshot.live ? "the former one takes its place again" : "customers never reached this one";
  return `Mend the release, push it under a new tag and deploy that; ${who}.`;
}
