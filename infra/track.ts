import * as pulumi from "@pulumi/pulumi";
import { Target } from "@pulumi/aws/appautoscaling/target.js";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import type { Repository } from "@pulumi/aws/ecr/repository.js";
import type { Cluster } from "@pulumi/aws/ecs/cluster.js";
import { Service } from "@pulumi/aws/ecs/service.js";
import { TaskDefinition } from "@pulumi/aws/ecs/taskDefinition.js";
import type { Role } from "@pulumi/aws/iam/role.js";
import { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
import type { Configuration } from "./configuration.ts";
import type { Network } from "./network.ts";
import type { ColourOutputs } from "./outputs.ts";
import type { Colour, Spec } from "./release.ts";
import { releaseHash } from "./releaseHash.ts";
import { type Execution, execution } from "./roles.ts";
import type { Rules } from "./rules.ts";
import type { SecurityGroups } from "./securityGroups.ts";
import type { Standing } from "./standing.ts";
import { containerDefinitions } from "./taskDefinition.ts";

/** With `forceNewDeployment` any update restarts tasks, so these come only with the placement of a release. */
const waitsForPlacement = [
  "healthCheckGracePeriodSeconds",
  "deploymentCircuitBreaker",
  "deploymentMinimumHealthyPercent",
  "deploymentMaximumPercent",
];

/** What both colours share. */
export interface Ground {
  readonly prefix: string;
  readonly region: string;
  readonly configuration: Configuration;
  readonly network: Network;
  readonly groups: SecurityGroups;
  readonly cluster: Cluster;
  readonly repository: Repository;
  readonly taskRole: Role;
}

/**
 * All of one colour. What its release says goes to four resources: the execution role's policy, the target group, the
 * task definition and the service, in this order, the service last: one that fails before it leaves the tasks alone.
 */
export class Track extends pulumi.ComponentResource {
  readonly targetGroup: TargetGroup;
  readonly #colour: Colour;
  readonly #ground: Ground;
  readonly #standing: Standing;
  readonly #logGroup: LogGroup;
  readonly #execution: Execution;

  constructor(colour: Colour, ground: Ground, standing: Standing) {
    super("turnout:infra:Track", colour);
    this.#colour = colour;
    this.#ground = ground;
    this.#standing = standing;
    const { prefix, repository, configuration } = ground;
    this.#logGroup = new LogGroup(
      colour,
      { name: `/turnout/${prefix}/${colour}`, retentionInDays: configuration.logRetention },
      { parent: this },
    );
    this.#execution = execution(
      colour,
      {
        ...{ prefix, repository, logGroup: this.#logGroup, kmsKeys: configuration.kmsKeys },
        releases: [standing.release, ...(standing.replaced ? [standing.replaced.release] : [])],
      },
      { parent: this },
    );
    this.targetGroup = targetGroup(this, colour, ground, standing);
  }

  /** The part that needs the rules: ECS refuses a service whose target group is on no load balancer. */
  serve(rules: Rules): {
    readonly outputs: pulumi.Output<ColourOutputs>;
    readonly spec: pulumi.Output<Answer>;
  } {
    const definition = this.#taskDefinition();
    const service = this.#service(definition, rules);
    const scalable = this.#scalableTarget(service);
    this.registerOutputs();

    const needed = [this.#execution.policy, this.targetGroup, definition];
    const outputs = pulumi.output({
      service: service.name,
      targetGroup: this.targetGroup.arn,
      scalableTarget: scalable.resourceId,
      taskDefinitionFamily: definition.family,
      logGroup: this.#logGroup.name,
      registered: definition.arn,
      urns: { release: needed.map((resource) => resource.urn), service: service.urn },
    });
    return { outputs, spec: this.#answer(definition, service) };
  }

  #taskDefinition(): TaskDefinition {
    const { prefix, configuration, region, taskRole } = this.#ground;
    const { release, placing } = this.#standing;
    return new TaskDefinition(
      this.#colour,
      {
        family: `${prefix}-${this.#colour}`,
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: String(release.cpu),
        memory: String(release.memory),
        executionRoleArn: this.#execution.role.arn,
        taskRoleArn: taskRole.arn,
        containerDefinitions: this.#logGroup.name.apply((logGroup) =>
          containerDefinitions({
            ...{ release, colour: this.#colour, logGroup, region, containerName: configuration.name },
          }),
        ),
        tags: { "turnout:release": releaseHash(release) },
        // Former revisions stay: an undo runs one, and AWS refuses to start one that is INACTIVE.
        skipDestroy: true,
      },
      {
        parent: this,
        // A revision belongs to its deployment: nothing but a placement makes a new one.
        ignoreChanges: placing
          ? []
          : ["containerDefinitions", "cpu", "memory", "executionRoleArn", "taskRoleArn", "tags"],
      },
    );
  }

  #service(definition: TaskDefinition, rules: Rules): Service {
    const { prefix, configuration, cluster, network, groups } = this.#ground;
    const { release, recorded, replaced, placing, initialCount } = this.#standing;
    return new Service(
      this.#colour,
      {
        name: `${prefix}-${this.#colour}`,
        cluster: cluster.arn,
        // The recorded revision and not the newest: a placement that failed has left one that must never run.
        taskDefinition: placing || !recorded ? definition.arn : recorded.taskDefinition,
        desiredCount: initialCount,
        ...(configuration.spot
          ? {
              capacityProviderStrategies: [{ capacityProvider: release.capacity, weight: 1 }],
              forceNewDeployment: true,
            }
          : { launchType: "FARGATE" }),
        networkConfiguration: {
          subnets: network.taskSubnets as pulumi.Output<string[]>,
          securityGroups: [groups.tasks.id],
          assignPublicIp: network.assignPublicIp,
        },
        loadBalancers: [
          {
            targetGroupArn: this.targetGroup.arn,
            containerName: configuration.name,
            containerPort: release.port,
          },
        ],
        healthCheckGracePeriodSeconds: configuration.healthGrace,
        deploymentMinimumHealthyPercent: configuration.minimumHealthyPercent,
        deploymentMaximumPercent: configuration.maximumPercent,
        // It stops a deployment that only fails; what comes after is the service's decision, but for customers' own tasks.
        deploymentCircuitBreaker: { enable: true, rollback: replaced !== undefined },
        propagateTags: "TASK_DEFINITION",
      },
      {
        parent: this,
        dependsOn: [rules.production, rules.test, this.#execution.policy],
        ignoreChanges: placing ? ["desiredCount"] : ["desiredCount", ...waitsForPlacement],
      },
    );
  }

  #scalableTarget(service: Service): Target {
    const { cluster, configuration } = this.#ground;
    const isIdle = this.#standing.initialCount === 0;
    return new Target(
      this.#colour,
      {
        resourceId: pulumi.interpolate`service/${cluster.name}/${service.name}`,
        scalableDimension: "ecs:service:DesiredCount",
        serviceNamespace: "ecs",
        minCapacity: configuration.minCount,
        maxCapacity: configuration.maxCount,
        // Else autoscaling would lift an idle colour from zero to its minimum. One that begins with tasks has traffic.
        suspendedState: {
          dynamicScalingInSuspended: isIdle,
          dynamicScalingOutSuspended: isIdle,
          scheduledScalingSuspended: isIdle,
        },
      },
      { parent: this, ignoreChanges: ["suspendedState"] },
    );
  }

  /** The colour's spec as AWS answered it; `absent` while an update with `--target` left the service out. */
  #answer(definition: TaskDefinition, service: Service): pulumi.Output<Answer> {
    const { release, recorded, replaced, placing } = this.#standing;
    return pulumi
      .all([service.id, service.taskDefinition, definition.arn, definition.tags])
      .apply(([id, serves, registered, tags]): Answer => {
        if (!id) return "absent";
        const isPlaced = serves === registered && tags?.["turnout:release"] === releaseHash(release);
        if (!placing || !isPlaced) return recorded;
        return { release, taskDefinition: serves, ...(replaced && { replaced }) };
      });
  }
}

/** A colour's spec, null where no release was placed, `absent` where there is no service yet. */
export type Answer = Spec | null | "absent";

function targetGroup(parent: Track, colour: Colour, ground: Ground, { release }: Standing): TargetGroup {
  const { prefix, network, configuration } = ground;
  return new TargetGroup(
    colour,
    {
      name: `${prefix}-${colour}`,
      // Each target is registered with its own port; this one is only the default, and a change would replace the group.
      port: 80,
      protocol: "HTTP",
      targetType: "ip",
      vpcId: network.vpcId,
      deregistrationDelay: configuration.deregistrationDelay,
      slowStart: configuration.slowStart,
      healthCheck: {
        path: release.healthPath,
        port: "traffic-port",
        protocol: "HTTP",
        matcher: "200-299",
        interval: configuration.healthInterval,
        timeout: configuration.healthTimeout,
        healthyThreshold: configuration.healthyThreshold,
        unhealthyThreshold: configuration.unhealthyThreshold,
      },
    },
    { parent },
  );
}
