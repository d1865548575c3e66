import type { Cloud } from "../ports/ground.ts";
import type { Journal } from "../ports/runs.ts";
import { never } from "./never.ts";

/** The cloud as a run may write to it: the load balancer only while the run has the stack's right of way. */
export function guarded(cloud: Cloud, journal: Journal): Cloud {
  const { traffic } = cloud;
  return {
    ...cloud,
    traffic: {
      ...traffic,
      // A request that is aborted may be carried out all the same, when its run has taken everything back: it is waited for.
      shift: (to) => journal.exclusively(() => traffic.shift(to, never())),
      pointTest: (colour) => journal.exclusively(() => traffic.pointTest(colour, never())),
    },
  };
}
