import type { Release } from "../../infra/release.ts";

/** A release with something in each of its keys. */
export const release: Release = {
  tag: "shop:1.0",
  image: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:${"a".repeat(64)}`,
  environment: { A: "b" },
  secrets: {
    DATABASE_URL: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/database-url-AbCdEf",
  },
  cpu: 512,
  memory: 1024,
  command: ["node", "server.mjs"],
  port: 8080,
  stopTimeout: 30,
  healthPath: "/healthz",
  sidecars: [
    { name: "proxy", image: "proxy:1", environment: {}, secrets: {}, essential: false, command: ["proxy"] },
  ],
  capacity: "FARGATE",
};
