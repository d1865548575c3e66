import type { Placement } from "../../infra/release.ts";
import type { Suspended } from "../../service/ports/tasks.ts";
import type { Weights } from "../../service/ports/traffic.ts";
import type { Call } from "./wire.ts";

/** A call in words that are the same in each try of its step: `tasks.scale green 3`. */
export function words({ port, method, args }: Call): string {
  return [`${port}.${method}`, ...said(`${port}.${method}`, args)].join(" ");
}

/** Whether a call, in these words, changes something outside. */
export function isWrite(call: string): boolean {
  return /^(stacks\.(place|register)|traffic\.(shift|pointTest)|tasks\.(scale|suspend|replace)|oneOffs\.run|revisions\.deregister|images\.(keep|forget))\b/.test(
    call,
  );
}

function said(name: string, args: readonly unknown[]): readonly string[] {
  switch (name) {
    case "traffic.shift": {
      const { weights } = args[0] as { weights: Weights };
      return [`blue ${weights.blue} green ${weights.green}`];
    }
    case "stacks.place":
    case "stacks.register": {
      const placement = args[1] as Placement;
      const restored = "spec" in placement;
      const { tag } = restored ? placement.spec.release : placement.release;
      return [`${tag}${restored ? " again" : ""} on ${placement.colour}`];
    }
    case "tasks.suspend": {
      const flags = args[1] as Suspended;
      const on = Object.entries(flags).filter(([, value]) => value === true);
      return [String(args[0]), on.map(([key]) => key).join(" ") || "nothing"];
    }
    case "questions.ask":
      return [String(args[0]), (args[1] as { path: string }).path];
    // The stack's own name, and a task that bears the run's id.
    case "stacks.outputs":
    case "oneOffs.look":
      return [];
    default:
      return args.filter((arg) => typeof arg === "string" || typeof arg === "number").map(String);
  }
}
