import * as pulumi from "@pulumi/pulumi";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import type { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import type { Repository } from "@pulumi/aws/ecr/repository.js";
import type { Configuration } from "./configuration.ts";
import type { Release } from "./release.ts";

const assumeRolePolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

/** What the service's own code may do in AWS: the configured policies, and nothing by default. */
export function taskRole(prefix: string, { taskPolicies }: Configuration): Role {
  const role = new Role("task", { name: `${prefix}-task`, assumeRolePolicy });
  for (const policyArn of taskPolicies)
    new RolePolicyAttachment(`task-${policyArn.replace(/^.*\//, "")}`, { role: role.name, policyArn });
  return role;
}

/** What ECS does for one colour's tasks: pull, log, read secrets. */
export interface Execution {
  readonly role: Role;
  readonly policy: RolePolicy;
}

/** One a colour, so that its secrets are exactly those of the release that stands there, and of one that it replaced in place. */
export function execution(
  name: string,
  needs: {
    readonly prefix: string;
    readonly repository: Repository;
    readonly logGroup: LogGroup;
    /** Those that may start on this colour. */
    readonly releases: readonly Release[];
    readonly kmsKeys: readonly string[];
  },
  opts: pulumi.CustomResourceOptions,
): Execution {
  const role = new Role(
    `execution-${name}`,
    { name: `${needs.prefix}-execution-${name}`, assumeRolePolicy },
    opts,
  );
  const policy = new RolePolicy(
    `execution-${name}`,
    {
      role: role.name,
      name: "execution",
      policy: pulumi
        .all([needs.repository.arn, needs.logGroup.arn])
        .apply(([repository, logGroup]) => executionPolicy(repository, logGroup, needs)),
    },
    opts,
  );
  return { role, policy };
}

function executionPolicy(
  repository: string,
  logGroup: string,
  { releases, kmsKeys }: { readonly releases: readonly Release[]; readonly kmsKeys: readonly string[] },
): string {
  const secrets = secretArns(releases);
  const from = (service: string) => secrets.filter((arn) => arn.split(":")[2] === service);
  const statements = [
    // The one action that has no resource of its own.
    allow(["ecr:GetAuthorizationToken"], ["*"]),
    allow(
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      [repository],
    ),
    // A log stream's ARN is the group's with `:log-stream:<name>` behind it; the group itself is not in the pattern.
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], [`${logGroup.replace(/:\*$/, "")}:log-stream:*`]),
    allow(["secretsmanager:GetSecretValue"], from("secretsmanager").map(secretOfReference)),
    allow(["ssm:GetParameters"], from("ssm")),
    allow(["kms:Decrypt"], secrets.length > 0 ? kmsKeys : []),
  ];
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.filter((statement) => statement.Resource.length > 0),
  });
}

function allow(Action: readonly string[], Resource: readonly string[]) {
  return { Effect: "Allow", Action, Resource };
}

function secretArns(releases: readonly Release[]): readonly string[] {
  const all = releases.flatMap(({ secrets, sidecars }) => [
    secrets,
    ...sidecars.map((sidecar) => sidecar.secrets),
  ]);
  return [...new Set(all.flatMap((secrets) => Object.values(secrets)))].sort();
}

/** A reference may name one key of a secret (`<arn>:key:stage:version`); the right is on the secret: seven parts. */
function secretOfReference(reference: string): string {
  return reference.split(":").slice(0, 7).join(":");
}
