import { colours, otherColour, type Colour, type Revision } from "../../infra/release.ts";
import type { Cloud } from "../ports/ground.ts";
import type { Weights } from "../ports/traffic.ts";
import { sayWeights } from "./drift.ts";
import { never } from "./never.ts";
import { specOn, type Snapshot } from "./snapshot.ts";

/** What a person who is called needs to know: what customers get now, and what to type. */
export interface Call {
  readonly weights?: Weights;
  readonly notes: readonly string[];
}

/** What customers are to have. */
export interface Wanted {
  readonly colour: Colour;
  /** Where it is known which. */
  readonly revision?: Revision | null;
}

/**
 * Looks at what serves, for a run that could neither go on nor go back. Never throws: it may be AWS that is away.
 */
export async function callForHelp(cloud: Cloud, snapshot: Snapshot, wanted: Wanted): Promise<Call> {
  const signal = never();
  try {
    const [{ production }, ...services] = await Promise.all([
      cloud.traffic.rules(signal),
      ...colours.map((colour) => cloud.tasks.service(colour, signal)),
    ]);
    const sides = colours.map((colour, index) => {
      const { running = 0, desired = 0 } = services[index] ?? {};
      return `${colour} (${specOn(snapshot, colour)?.release.tag ?? "no release before this run"}): ${running} of ${desired} tasks run`;
    });
    return {
      weights: production,
      notes: [`Customers get ${sayWeights(production)}; ${sides.join("; ")}.`, ...byHand(snapshot, wanted)],
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { notes: [`What serves now could not be seen: ${why}`, ...byHand(snapshot, wanted)] };
  }
}

/** The commands that give customers back the colour that they had. */
function byHand(snapshot: Snapshot, wanted: Wanted): readonly string[] {
  return [...commandsFor(snapshot, wanted), `Then GET /stacks/${snapshot.stack} shows what is left to do.`];
}

/** What to type for all traffic on a colour, and for tasks there first. */
export function commandsFor(
  { outputs, services }: Snapshot,
  { colour: wanted, revision }: Wanted,
): readonly string[] {
  const { cluster, productionRule, region } = outputs;
  const group = (colour: Colour, weight: number) => ({
    TargetGroupArn: outputs.colours[colour].targetGroup,
    Weight: weight,
  });
  const actions = [
    {
      Type: "forward",
      ForwardConfig: { TargetGroups: [group(wanted, 100), group(otherColour(wanted), 0)] },
    },
  ];
  const count = Math.max(1, services[wanted].desired);
  const of = revision ? ` --task-definition ${revision.taskDefinition}` : "";
  return [
    `For tasks on ${wanted}: aws ecs update-service --region ${region} --cluster ${cluster} --service ${outputs.colours[wanted].service} --desired-count ${count}${of}`,
    `For all traffic on ${wanted}: aws elbv2 modify-rule --region ${region} --rule-arn ${productionRule} --actions '${JSON.stringify(actions)}'`,
  ];
}
