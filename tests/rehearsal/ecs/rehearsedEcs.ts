import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerDefinition, Service, Task } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../rehearsal/cloud/awsError.ts";
import { type Clock, clockAt } from "../../../rehearsal/cloud/clock.ts";
import type { Ground } from "../../../rehearsal/cloud/cloud.ts";
import { createEcs, type Ecs } from "../../../rehearsal/cloud/ecs/ecs.ts";
import { createLogs, type Logs } from "../../../rehearsal/cloud/logs/logs.ts";
import {
  createSecretsManager,
  type SecretsManager,
} from "../../../rehearsal/cloud/secretsmanager/secretsmanager.ts";
import { type FakeElbv2, fakeElbv2 } from "./fakeElbv2.ts";

/** Answers HTTP on HOST:PORT with its environment; on SIGTERM it says so and ends, or does not where it is STUBBORN. */
const server = `
import { createServer } from "node:http";
const { HOST, PORT = "8080", STUBBORN } = process.env;
const answers = createServer((_, response) => response.end(JSON.stringify(process.env)));
answers.listen(Number(PORT), HOST, () => console.log("listens on", HOST + ":" + PORT));
process.on("SIGTERM", () => {
  console.log("got SIGTERM");
  if (STUBBORN) return;
  answers.close(() => process.exit(0));
  answers.closeAllConnections();
});
`;

export const images = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
/** The image that serves. */
export const shop = `${images}/shop@sha256:${"1".repeat(64)}`;
export const role = "arn:aws:iam::123456789012:role/execution";
export const network = {
  awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] },
};

/** ECS with real processes; its load balancer and its registry are fakes. */
export interface RehearsedEcs {
  readonly ecs: Ecs;
  readonly elbv2: FakeElbv2;
  readonly logs: Logs;
  readonly secretsmanager: SecretsManager;
  /** ARN of a target group that a load balancer sends to. */
  readonly group: string;
  /** Registers a revision of the family `shop`; `of` is one container or all of them. */
  register(of?: Partial<ContainerDefinition> | ContainerDefinition[]): Promise<string>;
  service(name: string): Promise<Service>;
  tasks(of: { readonly service?: string; readonly stopped?: boolean }): Promise<readonly Task[]>;
  /** A task's lines in the log group `/shop`. */
  lines(task: Task | undefined, container?: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The cluster is `main`. AWS's own delays are a fiftieth, unless a test has a clock of its own. */
export async function rehearsedEcs(clock: Clock = clockAt(50)): Promise<RehearsedEcs> {
  const folder = await mkdtemp(join(tmpdir(), "ecs-"));
  const image = join(folder, "shop");
  await mkdir(image);
  await writeFile(join(image, "server.mjs"), server);
  const ground: Ground = {
    ...{ clock, folder, network: `127.250.${process.pid % 250}` },
    identity: { account: "123456789012", region: "eu-central-1" },
  };
  const elbv2 = fakeElbv2();
  const logs = createLogs(ground);
  await logs.CreateLogGroup({ logGroupName: "/shop" });
  const secretsmanager = createSecretsManager(ground);
  const ecr = {
    pull: (reference: string) =>
      reference === shop
        ? Promise.resolve({
            ...{ digest: `sha256:${"1".repeat(64)}`, folder: image },
            config: { Cmd: ["node", "server.mjs"], Env: ["PORT=8080", "FROM=image"] },
          })
        : Promise.reject(
            new AwsError("CannotPullContainerError", `pull image manifest: ${reference}: not found`),
          ),
  };
  const ecs = createEcs(ground, { elbv2, ecr, logs, secretsmanager });
  await ecs.CreateCluster({ clusterName: "main" });

  return {
    ...{ ecs, elbv2, logs, secretsmanager, group: elbv2.group("blue") },
    async register(of = {}) {
      const { taskDefinition } = await ecs.RegisterTaskDefinition({
        ...{ family: "shop", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
        ...{ cpu: "256", memory: "512", executionRoleArn: role },
        containerDefinitions: Array.isArray(of) ? of : [container(of)],
      });
      return taskDefinition?.taskDefinitionArn ?? "";
    },
    async service(name) {
      const { services } = await ecs.DescribeServices({ cluster: "main", services: [name] });
      if (!services?.[0]) throw new Error(`no service ${name}`);
      return services[0];
    },
    async tasks({ service, stopped }) {
      const { taskArns } = await ecs.ListTasks({
        ...{ cluster: "main", desiredStatus: stopped ? "STOPPED" : "RUNNING" },
        ...(service !== undefined && { serviceName: service }),
      });
      if (!taskArns?.length) return [];
      return (await ecs.DescribeTasks({ cluster: "main", tasks: taskArns })).tasks ?? [];
    },
    async lines(task, name = "web") {
      const logStreamName = `shop/${name}/${task?.taskArn?.split("/").at(-1)}`;
      const { events } = await logs.GetLogEvents({
        logGroupName: "/shop",
        logStreamName,
        startFromHead: true,
      });
      return (events ?? []).map(({ message = "" }) => message);
    },
    async close() {
      await ecs.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A container definition named `web` on port 8080 that logs to `/shop`. */
export function container(own: Partial<ContainerDefinition> = {}): ContainerDefinition {
  return {
    ...{ name: "web", image: shop, stopTimeout: 5, portMappings: [{ containerPort: 8080 }] },
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        ...{ "awslogs-group": "/shop", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "shop" },
      },
    },
    ...own,
  };
}

/** A program of one line, as a container's command. */
export function script(line: string): string[] {
  return ["node", "-e", line];
}

export function messages({ events = [] }: Service): readonly string[] {
  return events.map(({ message = "" }) => message).reverse();
}

export function addressOf(task: Task | undefined): string {
  const details = task?.attachments?.[0]?.details;
  return details?.find(({ name }) => name === "privateIPv4Address")?.value ?? "";
}
