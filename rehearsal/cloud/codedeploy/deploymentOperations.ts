import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-codedeploy";
import { type AtOnce, atOnce } from "../atOnce.ts";
import { AwsError } from "../awsError.ts";
import type { Operations } from "../operations.ts";
import { page } from "../paging.ts";
import { only, required } from "../parameters.ts";
import { readAppSpec } from "./appSpec.ts";
import type { Applications } from "./applications.ts";
import { type Configs, partsOf } from "./configs.ts";
import { Deployment, type DeploymentParts } from "./deployment.ts";
import { describedDeployment, describedTarget } from "./describedDeployment.ts";
import { findGroup, type Group } from "./groups.ts";

type Waiting = Operations<typeof sdk, "GetDeploymentTarget" | "BatchGetDeploymentTargets">;
type Plain = Operations<
  typeof sdk,
  | "CreateDeployment"
  | "GetDeployment"
  | "BatchGetDeployments"
  | "ListDeployments"
  | "ListDeploymentTargets"
  | "StopDeployment"
  | "ContinueDeployment"
  | "PutLifecycleEventHookExecutionStatus"
>;
export type DeploymentOperations = Waiting & Plain;

/** All deployments of all groups, newest last. */
export class Deployments {
  readonly #deployments = new Map<string, Deployment>();

  all(): readonly Deployment[] {
    return [...this.#deployments.values()];
  }

  add(deployment: Deployment): Deployment {
    this.#deployments.set(deployment.id, deployment);
    return deployment;
  }

  /** Throws DeploymentDoesNotExistException. */
  find(id: string | undefined): Deployment {
    const wanted = required(id, "deploymentId", "DeploymentIdRequiredException");
    const found = this.#deployments.get(wanted);
    if (!found)
      throw new AwsError("DeploymentDoesNotExistException", `The deployment ${wanted} could not be found.`);
    return found;
  }

  active(group: Group): Deployment | undefined {
    return this.all().find((one) => one.group === group && one.isActive);
  }
}

export function deploymentOperations(
  parts: DeploymentParts,
  its: { readonly applications: Applications; readonly configs: Configs; readonly deployments: Deployments },
): DeploymentOperations {
  const { applications, configs, deployments } = its;

  const rollBack = (failed: Deployment): Deployment => {
    const { group, appSpec, input, configName } = failed;
    return deployments.add(new Deployment(parts, { group, appSpec, input, configName, shifts: [] }));
  };

  const plain: AtOnce<Plain> = {
    CreateDeployment(input) {
      only("CreateDeployment", input, [
        ...([
          "applicationName",
          "deploymentGroupName",
          "revision",
          "deploymentConfigName",
          "description",
        ] as const),
        ...(["autoRollbackConfiguration", "overrideAlarmConfiguration"] as const),
        // The aws CLI sends these two with their defaults.
        ...(["ignoreApplicationStopFailures", "updateOutdatedInstancesOnly"] as const),
      ]);
      const group = findGroup(applications.find(input.applicationName), input.deploymentGroupName);
      const appSpec = readAppSpec(contentOf(input.revision));
      const configName = input.deploymentConfigName ?? group.settings.deploymentConfigName ?? "";
      const shifts = partsOf(configs.find(configName));
      const active = deployments.active(group);
      if (active)
        throw new AwsError(
          "DeploymentLimitExceededException",
          `The Deployment Group '${group.name}' already has an active Deployment '${active.id}'`,
        );
      const made = deployments.add(new Deployment(parts, { group, appSpec, input, configName, shifts }));
      void made.run(rollBack);
      return { deploymentId: made.id };
    },

    GetDeployment: ({ deploymentId }) => ({
      deploymentInfo: describedDeployment(deployments.find(deploymentId)),
    }),

    BatchGetDeployments: ({ deploymentIds }) => ({
      deploymentsInfo: required(deploymentIds, "deploymentIds", "DeploymentIdRequiredException").map((id) =>
        describedDeployment(deployments.find(id)),
      ),
    }),

    ListDeployments(input) {
      only("ListDeployments", input, [
        "applicationName",
        "deploymentGroupName",
        "includeOnlyStatuses",
        "nextToken",
      ]);
      const { applicationName, deploymentGroupName, includeOnlyStatuses: statuses = [] } = input;
      const application = applicationName === undefined ? undefined : applications.find(applicationName);
      const group =
        application && deploymentGroupName !== undefined && findGroup(application, deploymentGroupName);
      const found = deployments
        .all()
        .toReversed()
        .filter((one) => !application || one.group.application === application)
        .filter((one) => !group || one.group === group)
        .filter(({ status }) => statuses.length === 0 || statuses.includes(status));
      const { items, next } = page(found, {
        ...{ size: 100, token: input.nextToken },
        refuse: () =>
          new AwsError("InvalidNextTokenException", "The next token was specified in an invalid format."),
      });
      return { deployments: items.map(({ id }) => id), ...(next && { nextToken: next }) };
    },

    ListDeploymentTargets: ({ deploymentId }) => ({ targetIds: [deployments.find(deploymentId).targetId] }),

    StopDeployment(input) {
      only("StopDeployment", input, ["deploymentId", "autoRollbackEnabled"]);
      const found = deployments.find(input.deploymentId);
      found.stop(input.autoRollbackEnabled);
      return { status: "Pending", statusMessage: "No more lifecycle events will be scheduled." };
    },

    ContinueDeployment(input) {
      only("ContinueDeployment", input, ["deploymentId", "deploymentWaitType"]);
      deployments.find(input.deploymentId).goOn(input.deploymentWaitType ?? "READY_WAIT");
      return {};
    },

    PutLifecycleEventHookExecutionStatus(input) {
      const { lifecycleEventHookExecutionId: execution = "", status = "" } = input;
      deployments.find(input.deploymentId).answer(execution, status);
      return { lifecycleEventHookExecutionId: execution };
    },
  };

  return {
    ...atOnce<Plain>(plain),

    async GetDeploymentTarget({ deploymentId, targetId }) {
      return { deploymentTarget: await describedTarget(target(deploymentId, targetId)) };
    },

    async BatchGetDeploymentTargets({ deploymentId, targetIds }) {
      const ids = required(targetIds, "targetIds", "DeploymentTargetIdRequiredException");
      return {
        deploymentTargets: await Promise.all(ids.map((id) => describedTarget(target(deploymentId, id)))),
      };
    },
  };

  function target(deploymentId: string | undefined, targetId: string | undefined): Deployment {
    const found = deployments.find(deploymentId);
    if (required(targetId, "targetId", "DeploymentTargetIdRequiredException") !== found.targetId)
      throw new AwsError(
        "DeploymentTargetDoesNotExistException",
        `The deployment ${found.id} has no target ${targetId}.`,
      );
    return found;
  }
}

/** An AppSpec's text. Its digest is checked where one is given. */
function contentOf(revision: sdk.RevisionLocation | undefined): string {
  if (!revision) throw new AwsError("RevisionRequiredException", "The revision was not specified.");
  const { content, sha256 } = revision.appSpecContent ?? {};
  if (revision.revisionType !== "AppSpecContent" || content === undefined)
    throw new AwsError(
      "InvalidRevisionException",
      "The rehearsal's CodeDeploy takes a revision of the type AppSpecContent only.",
    );
  if (sha256 !== undefined && sha256 !== createHash("sha256").update(content).digest("hex"))
    throw new AwsError(
      "InvalidRevisionException",
      "The AppSpec content does not have the SHA256 that was specified.",
    );
  return content;
}
