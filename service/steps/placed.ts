import type { Outputs } from "../../infra/outputs.ts";
import type { Colour } from "../../infra/release.ts";
import { Problem } from "../errors/problem.ts";

/** The task definition that an update has put on a colour. Throws where its record says nothing of it. */
export function placedOn(outputs: Outputs, colour: Colour, stack: string): string {
  const taskDefinition = outputs.record[colour]?.taskDefinition;
  if (taskDefinition) return taskDefinition;
  throw new Problem("not-taken", {
    detail: `Pulumi's update ended well, but its record has no release on ${colour}.`,
    next: `Look at \`pulumi stack output record --stack ${stack}\`.`,
  });
}
