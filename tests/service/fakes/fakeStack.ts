import type { ColourOutputs, DeploymentSettings, Outputs } from "../../../infra/outputs.ts";
import type { Colour, Release, ReleaseSettings, Spec } from "../../../infra/release.ts";

export const repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop";

export const next: ReleaseSettings = {
  environment: { GREETING: "hello" },
  secrets: {},
  cpu: 256,
  memory: 512,
  port: 8080,
  stopTimeout: 5,
  healthPath: "/healthz",
  sidecars: [],
  capacity: "FARGATE",
};

export const settings: DeploymentSettings = {
  engine: "blue-green",
  shift: "all-at-once",
  shiftPercent: 10,
  shiftInterval: 5,
  bake: 3,
  undoWindow: 600,
  healthyWithin: 30,
  smoke: [{ path: "/" }, { path: "/reviews", needsMigration: true }],
  releaseHeader: "x-release",
  migration: { command: ["node", "migrate.mjs"], compatible: true },
  migrationWithin: 60,
  initialCount: 2,
};

/** `1.1` as the image `shop:1.1`, its digest made of its name. */
export function release(version: string, changed: Partial<ReleaseSettings> = {}): Release {
  const hex = Buffer.from(version).toString("hex").padEnd(64, "0");
  return { ...next, ...changed, tag: `shop:${version}`, image: `${repository}@sha256:${hex}` };
}

export function spec(colour: Colour, placed: Release, revision = 1): Spec {
  return {
    release: placed,
    taskDefinition: `arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-${colour}:${revision}`,
  };
}

/** Blue is live with 1.0, green was never used. */
export function outputs(changed: Partial<Outputs> = {}): Outputs {
  return {
    region: "eu-central-1",
    cluster: "arn:aws:ecs:eu-central-1:123456789012:cluster/shop",
    repository,
    loadBalancer: {
      arn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/1",
      dnsName: "127.0.0.1",
      url: "http://127.0.0.1:8080",
      testUrl: "http://127.0.0.1:8081",
    },
    host: "shop.example",
    productionRule: "arn:production",
    testRule: "arn:test",
    deregistrationDelay: 5,
    containerName: "shop",
    subnets: ["subnet-1"],
    securityGroups: ["sg-1"],
    assignPublicIp: false,
    colours: { blue: colourOutputs("blue"), green: colourOutputs("green") },
    next,
    deployment: settings,
    record: { blue: spec("blue", release("1.0")), green: null, recent: [] },
    versions: { program: "0.1.0", aws: "7.48.0", configuration: "1" },
    ...changed,
  };
}

function colourOutputs(colour: Colour): ColourOutputs {
  return {
    service: `shop-${colour}`,
    targetGroup: `arn:${colour}`,
    scalableTarget: `service/shop/shop-${colour}`,
    taskDefinitionFamily: `shop-${colour}`,
    logGroup: `/shop/${colour}`,
    registered: spec(colour, release("1.0")).taskDefinition,
    urns: { release: [], service: "" },
  };
}
