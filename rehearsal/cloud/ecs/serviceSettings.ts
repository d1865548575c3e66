import type * as sdk from "@aws-sdk/client-ecs";
import { invalid, notRehearsed } from "./refusals.ts";
import type { ServiceSettings } from "./services.ts";

type Input = Pick<
  sdk.UpdateServiceRequest,
  | "deploymentConfiguration"
  | "healthCheckGracePeriodSeconds"
  | "propagateTags"
  | "enableECSManagedTags"
  | "enableExecuteCommand"
  | "availabilityZoneRebalancing"
>;

const defaults: ServiceSettings = {
  ...{ minimumHealthyPercent: 100, maximumPercent: 200 },
  circuitBreaker: { enable: false, rollback: false },
  ...{ propagateTags: "NONE", enableECSManagedTags: false, enableExecuteCommand: false },
  availabilityZoneRebalancing: "DISABLED",
};

/** What a request says of a service's settings, over those that it has. */
export function settingsOf(input: Input, former: ServiceSettings = defaults): ServiceSettings {
  const { deploymentConfiguration: deployment } = input;
  if ((deployment?.strategy ?? "ROLLING") !== "ROLLING")
    throw notRehearsed(`the deployment strategy ${deployment?.strategy}`);
  for (const part of ["linearConfiguration", "canaryConfiguration", "earlySuccessCriteria"] as const)
    if (deployment?.[part]) throw notRehearsed(`${part} of a deployment`);
  if (deployment?.lifecycleHooks?.length) throw notRehearsed("lifecycle hooks of a deployment");
  if (deployment?.alarms?.enable) throw notRehearsed("rollback by alarms");
  if (input.enableExecuteCommand) throw notRehearsed("ExecuteCommand");
  const settings: ServiceSettings = {
    ...former,
    minimumHealthyPercent: deployment?.minimumHealthyPercent ?? former.minimumHealthyPercent,
    maximumPercent: deployment?.maximumPercent ?? former.maximumPercent,
    circuitBreaker: deployment?.deploymentCircuitBreaker ?? former.circuitBreaker,
    alarms: deployment?.alarms ?? former.alarms,
    healthCheckGracePeriodSeconds:
      input.healthCheckGracePeriodSeconds ?? former.healthCheckGracePeriodSeconds,
    propagateTags: input.propagateTags ?? former.propagateTags,
    enableECSManagedTags: input.enableECSManagedTags ?? former.enableECSManagedTags,
    enableExecuteCommand: input.enableExecuteCommand ?? former.enableExecuteCommand,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? former.availabilityZoneRebalancing,
  };
  checkPercents(settings);
  return settings;
}

function checkPercents({ minimumHealthyPercent: least, maximumPercent: most }: ServiceSettings): void {
  if (least < 0 || most < 100)
    throw invalid(
      "Invalid deployment configuration: minimumHealthyPercent is at least 0 and maximumPercent at least 100.",
    );
  if (least > most) throw invalid("maximumPercent must be greater than or equal to minimumHealthyPercent");
  if (least >= 100 && most === 100)
    throw invalid(
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
    );
}
