import type { Configuration } from "./engine.ts";

/** Another value for each key of the next release, with which a stack of `plain` goes that has `turnout:spot`. */
export const changes: Configuration = {
  "turnout:environment": { COLOUR_SCHEME: "dark" },
  "turnout:secrets": { TOKEN: "arn:aws:ssm:eu-central-1:123456789012:parameter/token" },
  "turnout:cpu": 256,
  "turnout:memory": 2048,
  "turnout:command": ["node", "other.mjs"],
  "turnout:port": 9090,
  "turnout:stopTimeout": 20,
  "turnout:healthPath": "/other",
  "turnout:sidecars": [{ name: "proxy", image: "proxy:1" }],
  "turnout:capacity": "FARGATE_SPOT",
  "turnout:image": "shop:9.9",
};
