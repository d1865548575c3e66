import type { Configuration } from "./engine.ts";

/** Another value than `plain` has for keys that are not the next release's: a plain up writes all around the colours. */
export const around: Configuration = {
  "turnout:healthGrace": 20,
  "turnout:healthInterval": 6,
  "turnout:deregistrationDelay": 20,
  "turnout:maxCount": 9,
  "turnout:logRetention": 3,
  "turnout:idleTimeout": 70,
  "turnout:alarmErrors": 20,
  "turnout:containerInsights": "enhanced",
  "turnout:keepImages": 20,
  "turnout:testCidrs": ["127.0.0.0/9"],
};
