import type {
  CreateServiceRequest,
  DeploymentControllerType,
  LaunchType,
  SchedulingStrategy,
  UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import { answered } from "../../answered.ts";
import { unlessAbsent } from "../../absent.ts";
import { resourceType } from "../../resourceType.ts";
import { waitFor } from "../../wait.ts";
import { findService } from "./findService.ts";
import { serviceFields } from "./serviceFields.ts";
import { serviceProperties } from "./serviceProperties.ts";
import { serviceRead } from "./serviceRead.ts";
import { steadyState } from "./steadyState.ts";
import { ecsRetag, ecsTagList } from "./tagging.ts";

export const service = resourceType({
  token: "aws:ecs/service:Service",
  title: "ECS Service",
  properties: serviceProperties,
  outputs: ["arn"],
  autoname: { longest: 255 },
  // AWS takes another strategy, but only with a new deployment.
  canUpdate: (property, inputs) =>
    property === "capacityProviderStrategies" && inputs["forceNewDeployment"] === true,
  operations: (cloud) => {
    const { ecs, ground } = cloud;
    return {
      async create(inputs, tags) {
        const { service: made } = await ecs.CreateService({
          // What is off is off by AWS's own default.
          ...(serviceFields(inputs, (name) => inputs[name] !== false) as Partial<CreateServiceRequest>),
          serviceName: inputs.name,
          ...(inputs.cluster && { cluster: inputs.cluster }),
          ...(inputs.deploymentController && {
            deploymentController: { type: inputs.deploymentController.type as DeploymentControllerType },
          }),
          schedulingStrategy: inputs.schedulingStrategy as SchedulingStrategy,
          ...(inputs.launchType && { launchType: inputs.launchType as LaunchType }),
          ...(inputs.iamRole && { role: inputs.iamRole }),
          ...ecsTagList(tags),
        });
        return answered(made?.serviceArn, "serviceArn");
      },

      async finish(id, inputs) {
        if (inputs.waitForSteadyState) await steadyState(cloud, id);
      },

      async read(id, known) {
        const found = await findService(cloud, id, known);
        return found && { id: answered(found.serviceArn, "serviceArn"), properties: serviceRead(found) };
      },

      async update({ id, inputs, changed }) {
        // What did not differ is left out: the count, for one, has another owner.
        const fields = serviceFields(inputs, (name) => changed.has(name)) as Partial<UpdateServiceRequest>;
        if (Object.keys(fields).length === 0 && !changed.has("triggers")) return;
        await ecs.UpdateService({
          ...{ cluster: inputs.cluster, service: id, ...fields },
          ...(inputs.forceNewDeployment && { forceNewDeployment: true }),
        });
      },

      retag: ecsRetag(cloud),

      async delete(id, known) {
        const found = await findService(cloud, id, known);
        if (!found || found.status === "INACTIVE") return;
        const named = { cluster: found.clusterArn, service: id };
        const force = known["forceDelete"] === true;
        const isReplica = found.schedulingStrategy !== "DAEMON";
        if (found.status === "ACTIVE" && isReplica && !force && (found.desiredCount ?? 0) > 0)
          await ecs.UpdateService({ ...named, desiredCount: 0 });
        await unlessAbsent(/NotFound|NotActive/, () => ecs.DeleteService({ ...named, force }));
        await waitFor(
          ground.clock,
          async () => {
            const left = await findService(cloud, id, known);
            return !left || left.status === "INACTIVE" ? true : undefined;
          },
          { within: 20 * 60_000, evidence: () => `${id} still drains` },
        );
      },
    };
  },
});
