import type { Outputs } from "../../infra/outputs.ts";
import { otherColour, type Colour, type Spec } from "../../infra/release.ts";
import type { Ground } from "../ports/ground.ts";
import type { ColourService } from "../ports/tasks.ts";
import type { Rules } from "../ports/traffic.ts";

/** What a stack was when somebody looked: what an engine makes its steps from. */
export interface Snapshot {
  readonly stack: string;
  readonly outputs: Outputs;
  readonly rules: Rules;
  readonly services: Readonly<Record<Colour, ColourService>>;
  /** The colour that customers have; null before the first deployment. */
  readonly live: Colour | null;
  readonly idle: Colour;
}

/** Looks at a stack that has these outputs: rules and services side by side. */
export async function look(
  ground: Ground,
  at: { readonly stack: string; readonly outputs: Outputs },
  signal: AbortSignal,
): Promise<Snapshot> {
  const { traffic, tasks } = ground.cloud(at.outputs);
  const [rules, blue, green] = await Promise.all([
    traffic.rules(signal),
    tasks.service("blue", signal),
    tasks.service("green", signal),
  ]);
  return { ...at, rules, services: { blue, green }, ...sides(at.outputs, rules) };
}

/** Nobody stores which colour is live: the production rule says it. */
function sides(outputs: Outputs, rules: Rules): { live: Colour | null; idle: Colour } {
  const heavier: Colour = rules.production.green > rules.production.blue ? "green" : "blue";
  return { live: outputs.record[heavier] ? heavier : null, idle: otherColour(heavier) };
}

/** The release that stands on a colour, if one was ever placed there. */
export function specOn(snapshot: Snapshot, colour: Colour): Spec | null {
  return snapshot.outputs.record[colour];
}
