import Type, { type Static, type TSchema } from "typebox";
import { environment, migration, secrets, sidecar, smokeQuestion, words } from "./configurationShapes.ts";

/*
 * Every key of a stack's configuration: `turnout:<key>` in Pulumi.<stack>.yaml. The descriptions here are the
 * documentation (docs/configuration.md is written from them), `allowed` is what an error says.
 */

const service = {
  name: Type.String({
    pattern: "^(?=.{2,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    description:
      "The service's name: its ECR repository's, its container's, and the start of all other names.",
    allowed: "2 to 20 lower case letters, digits and single hyphens, starting with a letter",
  }),
  image: Type.Optional(
    Type.String({
      pattern: "^[a-z0-9-]+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
      description:
        "`repository:tag` of the first release; read only while the stack has no record. Before it is pushed, both colours start at zero tasks and customers get 503.",
      allowed: "`<turnout:name>:<tag>`",
    }),
  ),
};

const release = {
  environment: environment("Environment variables of the container."),
  secrets: secrets("Variable name -> ARN of a Secrets Manager secret or SSM parameter."),
  cpu: Type.Enum([256, 512, 1024, 2048, 4096, 8192, 16384], {
    default: 512,
    description: "CPU units of a task; 1024 are a core.",
    allowed: "one of 256, 512, 1024, 2048, 4096, 8192, 16384",
  }),
  memory: whole(512, 122_880, 1024, "Memory of a task in MiB. Fargate allows certain pairs with `cpu`."),
  command: Type.Optional(words("Overrides the image's own command.")),
  port: whole(1, 65_535, 8080, "The port that the container answers on."),
  stopTimeout: whole(2, 120, 30, "Seconds between SIGTERM and SIGKILL."),
  healthPath: Type.String({
    pattern: "^/[^\\s]{0,1023}$",
    default: "/healthz",
    description: "The path that the load balancer's health check asks; 200 to 299 is healthy.",
    allowed: "a path that starts with /",
  }),
  sidecars: Type.Array(sidecar, {
    default: [],
    maxItems: 9,
    description: "Containers beside the service's own, in the same task.",
    allowed: "a list of at most 9 of {name, image, command?, environment?, secrets?, essential?}",
  }),
  capacity: Type.Enum(["FARGATE", "FARGATE_SPOT"], {
    default: "FARGATE",
    description: "What runs the tasks. FARGATE_SPOT needs `spot: true`.",
    allowed: "FARGATE or FARGATE_SPOT",
  }),
};

const deployment = {
  engine: Type.Enum(["blue-green", "rolling"], {
    default: "blue-green",
    description: "How a release is moved, where a request does not say (docs/engines.md).",
    allowed: "blue-green or rolling",
  }),
  shift: Type.Enum(["all-at-once", "canary", "linear"], {
    default: "all-at-once",
    description: "All traffic in one step, a part and then all, or equal parts.",
    allowed: "one of all-at-once, canary, linear",
  }),
  shiftPercent: whole(1, 99, 10, "Percent of a canary's first shift, or of each linear one."),
  shiftInterval: whole(1, 86_400, 60, "Seconds between shifts."),
  bake: whole(0, 86_400, 300, "Seconds that the new release is watched after the last shift."),
  undoWindow: whole(0, 604_800, 3600, "Seconds that the old colour stays warm after a deployment."),
  healthyWithin: whole(10, 3600, 300, "Seconds that the staged colour has to become healthy."),
  smoke: Type.Array(smokeQuestion, {
    default: [{ path: "/" }],
    description: "Questions that a release must answer on the test listener before it gets traffic.",
    allowed: "a list of {path, method?, headers?, body?, status?, contains?, within?, needsMigration?}",
  }),
  releaseHeader: Type.Optional(
    Type.String({
      pattern: "^[A-Za-z0-9-]{1,64}$",
      description:
        "The response header that names the release. Without it the task behind the target proves it.",
      allowed: "a header's name",
    }),
  ),
  migration: Type.Optional(migration),
  migrationWithin: whole(10, 86_400, 900, "Seconds that a migration may take."),
  initialCount: whole(1, 1000, 2, "Tasks of a first deployment, when no colour runs any."),
  minCount: whole(0, 1000, 2, "The fewest tasks that autoscaling keeps on the live colour."),
  maxCount: whole(1, 1000, 10, "The most tasks that autoscaling starts on a colour."),
  minimumHealthyPercent: whole(
    0,
    100,
    100,
    "Percent of a service's tasks that stay healthy while ECS replaces them. A colour takes it with its next deployment.",
  ),
  maximumPercent: whole(
    100,
    200,
    200,
    "Percent of a service's tasks that run at most while ECS replaces them. A colour takes it with its next deployment.",
  ),
};

const health = {
  healthInterval: whole(5, 300, 10, "Seconds between health checks of one target."),
  healthTimeout: whole(2, 120, 4, "Seconds that a health check waits; less than `healthInterval`."),
  healthyThreshold: whole(2, 10, 2, "Passed checks in a row that make an unhealthy target healthy."),
  unhealthyThreshold: whole(2, 10, 2, "Failed checks in a row that make a target unhealthy."),
  healthGrace: whole(
    0,
    3600,
    60,
    "Seconds after a task's start in which ECS ignores failed checks. A colour takes it with its next deployment.",
  ),
  deregistrationDelay: whole(
    0,
    3600,
    60,
    "Seconds that a leaving target may finish requests; above the longest.",
  ),
  slowStart: Type.Integer({
    anyOf: [{ const: 0 }, { minimum: 30, maximum: 900 }],
    default: 0,
    description: "Seconds over which a new target's share of traffic grows; 0 is off.",
    allowed: "0, or a whole number from 30 to 900",
  }),
};

const loadBalancer = {
  certificate: Type.Optional(
    Type.String({
      pattern: "^arn:aws[a-z-]*:(acm|iam):",
      description: "ARN of the certificate. With it customers get HTTPS, and HTTP only redirects.",
      allowed: "the ARN of an ACM or IAM certificate",
    }),
  ),
  host: Type.Optional(
    Type.String({
      pattern: "^[a-z0-9.-]+$",
      description: "The host name that customers use. Default: the load balancer's own.",
      allowed: "a host name",
    }),
  ),
  httpPort: whole(1, 65_535, 80, "Port of the HTTP listener."),
  httpsPort: whole(1, 65_535, 443, "Port of the HTTPS listener, where there is a certificate."),
  testPort: whole(1, 65_535, 8443, "Port of the test listener, where the staged release is asked questions."),
  customerCidrs: cidrs(["0.0.0.0/0"], "Who may reach the production listeners."),
  testCidrs: cidrs([], "Who may reach the test listener, besides the VPC's own NAT gateways."),
  accessLogs: Type.Optional(
    Type.String({
      pattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
      description: "S3 bucket for the load balancer's access logs. Its policy must let ELB write.",
      allowed: "an S3 bucket's name",
    }),
  ),
  idleTimeout: whole(1, 4000, 60, "Seconds that the load balancer keeps a silent connection."),
  deletionProtection: Type.Boolean({
    default: true,
    description: "The load balancer refuses to be deleted.",
    allowed: "true or false",
  }),
};

const network = {
  vpcCidr: Type.String({
    pattern: "^(\\d{1,3}\\.){3}\\d{1,3}/(1[6-9]|2[0-4])$",
    default: "10.0.0.0/16",
    description: "Address range of the VPC that the program makes.",
    allowed: "an IPv4 range from /16 to /24",
  }),
  zones: whole(2, 6, 2, "Availability zones of that VPC; each has a public and a private subnet."),
  nat: Type.Enum(["none", "single", "perZone"], {
    default: "perZone",
    description: "NAT gateways of that VPC. With none, tasks run in public subnets with public addresses.",
    allowed: "one of none, single, perZone",
  }),
  vpcId: Type.Optional(
    Type.String({
      pattern: "^vpc-[0-9a-f]+$",
      description: "An existing VPC instead; needs `publicSubnets` and `privateSubnets`.",
      allowed: "a VPC's id",
    }),
  ),
  publicSubnets: subnets("Subnets of the existing VPC for the load balancer, in two zones or more."),
  privateSubnets: subnets(
    "Subnets of the existing VPC for the tasks, with a way out to ECR, logs and secrets.",
  ),
};

const rest = {
  spot: Type.Boolean({
    default: false,
    description:
      "Associates the cluster with FARGATE and FARGATE_SPOT, so that a release's `capacity` can choose. Decide before the first `pulumi up`: to change it later makes new services.",
    allowed: "true or false",
  }),
  containerInsights: Type.Enum(["enabled", "enhanced", "disabled"], {
    default: "enabled",
    description: "CloudWatch Container Insights of the cluster.",
    allowed: "one of enabled, enhanced, disabled",
  }),
  logRetention: Type.Enum([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653], {
    default: 30,
    description: "Days that a task's output is kept.",
    allowed: "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653",
  }),
  kmsKeys: Type.Array(Type.String({ pattern: "^arn:aws[a-z-]*:kms:.*:key/[0-9a-f-]+$" }), {
    default: [],
    description: "Customer keys that the secrets are encrypted with.",
    allowed: "a list of KMS key ARNs",
  }),
  taskPolicies: Type.Array(Type.String({ pattern: "^arn:aws[a-z-]*:iam::.*:policy/" }), {
    default: [],
    description: "Policies of the task role: what the service itself may do in AWS. None by default.",
    allowed: "a list of IAM policy ARNs",
  }),
  alarmTopics: Type.Array(Type.String({ pattern: "^arn:aws[a-z-]*:sns:" }), {
    default: [],
    description: "Where alarms go.",
    allowed: "a list of SNS topic ARNs",
  }),
  alarmErrors: whole(1, 1_000_000, 10, "Answers of 500 to 599 in a minute that raise an alarm."),
  keepImages: whole(
    5,
    1000,
    50,
    "Images that the registry keeps, besides those that a colour or an undo needs.",
  ),
};

/** Keys under the headings of docs/configuration.md. */
export const sections = {
  "The service": service,
  "The next release": release,
  Deployments: deployment,
  "Health checks and draining": health,
  "Load balancer": loadBalancer,
  Network: network,
  "Everything else": rest,
} as const;

export const configurationSchema = Type.Object(
  { ...service, ...release, ...deployment, ...health, ...loadBalancer, ...network, ...rest },
  { additionalProperties: false },
);

/** The configuration of a stack, checked and with defaults. */
export type Configuration = Static<typeof configurationSchema>;

export type KeySchema = TSchema & {
  readonly description: string;
  readonly allowed: string;
  readonly default?: unknown;
};

function whole(minimum: number, maximum: number, value: number, description: string) {
  const allowed = `a whole number from ${minimum} to ${maximum}`;
  return Type.Integer({ minimum, maximum, default: value, description, allowed });
}

function cidrs(value: readonly string[], description: string) {
  return Type.Array(Type.String({ pattern: "^(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}$" }), {
    default: value,
    description,
    allowed: "a list of IPv4 ranges such as 203.0.113.0/24",
  });
}

function subnets(description: string) {
  return Type.Array(Type.String({ pattern: "^subnet-[0-9a-f]+$" }), {
    default: [],
    description,
    allowed: "a list of subnet ids",
  });
}
