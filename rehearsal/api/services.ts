/** What the endpoint answers from: of each service an object with AWS's operations as its methods. */
export type Operated = Readonly<
  Record<
    | "ecs"
    | "ecr"
    | "logs"
    | "secretsmanager"
    | "autoscaling"
    | "elbv2"
    | "iam"
    | "sts"
    | "cloudwatch"
    | "codedeploy"
    | "ec2",
    object
  >
>;

/** A service as the wire knows it. */
export interface Service {
  /** The SDK client whose model its shapes come from. */
  readonly client: string;
  /** The part of X-Amz-Target before the operation, and the service's name in a CBOR path. */
  readonly target?: string;
  /** Of the query protocols: the API's version, which tells whose request it is. */
  readonly version?: string;
  readonly xmlNamespace?: string;
  readonly query?: "awsQuery" | "ec2Query";
  /** The name in a signature's scope. */
  readonly signedAs: string;
  operations(cloud: Operated): object;
}

/** Every service that the endpoint answers for. */
export const services: readonly Service[] = [
  {
    client: "@aws-sdk/client-ecs",
    target: "AmazonEC2ContainerServiceV20141113",
    signedAs: "ecs",
    operations: ({ ecs }) => ecs,
  },
  {
    client: "@aws-sdk/client-ecr",
    target: "AmazonEC2ContainerRegistry_V20150921",
    signedAs: "ecr",
    operations: ({ ecr }) => ecr,
  },
  {
    client: "@aws-sdk/client-cloudwatch-logs",
    target: "Logs_20140328",
    signedAs: "logs",
    operations: ({ logs }) => logs,
  },
  {
    client: "@aws-sdk/client-secrets-manager",
    target: "secretsmanager",
    signedAs: "secretsmanager",
    operations: ({ secretsmanager }) => secretsmanager,
  },
  {
    client: "@aws-sdk/client-application-auto-scaling",
    target: "AnyScaleFrontendService",
    signedAs: "application-autoscaling",
    operations: ({ autoscaling }) => autoscaling,
  },
  {
    client: "@aws-sdk/client-codedeploy",
    target: "CodeDeploy_20141006",
    signedAs: "codedeploy",
    operations: ({ codedeploy }) => codedeploy,
  },
  {
    client: "@aws-sdk/client-elastic-load-balancing-v2",
    ...{ query: "awsQuery", version: "2015-12-01" },
    xmlNamespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    signedAs: "elasticloadbalancing",
    operations: ({ elbv2 }) => elbv2,
  },
  {
    client: "@aws-sdk/client-iam",
    ...{ query: "awsQuery", version: "2010-05-08" },
    xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    signedAs: "iam",
    operations: ({ iam }) => iam,
  },
  {
    client: "@aws-sdk/client-sts",
    ...{ query: "awsQuery", version: "2011-06-15" },
    xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    signedAs: "sts",
    operations: ({ sts }) => sts,
  },
  {
    // JSON in the SDK of today, CBOR in the aws CLI, query in what is older.
    client: "@aws-sdk/client-cloudwatch",
    target: "GraniteServiceVersion20100801",
    ...{ query: "awsQuery", version: "2010-08-01" },
    xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    signedAs: "monitoring",
    operations: ({ cloudwatch }) => cloudwatch,
  },
  {
    // The largest model by far, so it is the last to be read.
    client: "@aws-sdk/client-ec2",
    ...{ query: "ec2Query", version: "2016-11-15" },
    xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15",
    signedAs: "ec2",
    operations: ({ ec2 }) => ec2,
  },
];
