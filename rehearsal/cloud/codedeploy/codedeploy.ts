import { atOnce } from "../atOnce.ts";
import type { Ground } from "../cloud.ts";
import { applicationOperations, type ApplicationOperations, Applications } from "./applications.ts";
import { configOperations, type ConfigOperations, Configs } from "./configs.ts";
import type { DeploymentParts } from "./deployment.ts";
import { type DeploymentOperations, deploymentOperations, Deployments } from "./deploymentOperations.ts";
import { type GroupOperations, groupOperations, type GroupParts } from "./groups.ts";
import { type TagOperations, tagOperations } from "./tagOperations.ts";

/** CodeDeploy, as far as it deploys to ECS. */
export type CodeDeploy = ApplicationOperations &
  ConfigOperations &
  GroupOperations &
  DeploymentOperations &
  TagOperations & {
    /** Ends what runs, where it is. */
    close(): void;
  };

export function createCodeDeploy(
  { clock }: Ground,
  others: Omit<DeploymentParts, "clock"> & Pick<GroupParts, "ecs">,
): CodeDeploy {
  const applications = new Applications();
  const configs = new Configs(clock);
  const deployments = new Deployments();
  const isBusy: GroupParts["isBusy"] = (group) => deployments.active(group) !== undefined;
  const groups = () => applications.all().flatMap((application) => [...application.groups.values()]);
  const isUsed = (name: string) => groups().some(({ settings }) => settings.deploymentConfigName === name);
  return {
    ...atOnce<ApplicationOperations>(applicationOperations(applications, { clock, isBusy })),
    ...atOnce<ConfigOperations>(configOperations(configs, { clock, isUsed })),
    ...groupOperations({ applications, configs, ecs: others.ecs, isBusy }),
    ...deploymentOperations({ ...others, clock }, { applications, configs, deployments }),
    ...atOnce<TagOperations>(tagOperations(applications)),
    close: () => {
      for (const deployment of deployments.all()) if (deployment.isActive) deployment.close();
    },
  };
}
