import type { Cloud } from "../ports/ground.ts";
import type { Journal } from "../ports/runs.ts";

/** The cloud as a run may write to it: the load balancer only while the run has the stack's right of way. */
export function guarded(cloud: Cloud, journal: Journal): Cloud {
  const { traffic } = cloud;
  return {
    ...cloud,
    traffic: {
      ...traffic,
      shift: (to, signal) => journal.exclusively(() => traffic.shift(to, signal)),
      pointTest: (colour, signal) => journal.exclusively(() => traffic.pointTest(colour, signal)),
    },
  };
}
