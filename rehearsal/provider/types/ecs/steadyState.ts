import type { ProviderCloud } from "../../providerCloud.ts";
import { waitFor } from "../../wait.ts";
import { findService } from "./findService.ts";

/** The real provider gives up after ten minutes. */
const within = 10 * 60_000;

/** Waits until a service has one deployment left, with as many tasks as it wants. */
export async function steadyState(cloud: ProviderCloud, id: string): Promise<void> {
  let evidence = "there is no such service";
  await waitFor(
    cloud.ground.clock,
    async () => {
      const found = await findService(cloud, id, {});
      const { deployments = [], runningCount, desiredCount } = found ?? {};
      const failed = deployments.find(({ rolloutState }) => rolloutState === "FAILED");
      if (failed)
        throw new Error(
          `deployment ${failed.id} failed: ${failed.rolloutStateReason ?? "ECS gave no reason"}`,
        );
      evidence = `${deployments.length} deployments, ${runningCount} of ${desiredCount} tasks running; ${found?.events?.[0]?.message ?? "no events"}`;
      return found && deployments.length === 1 && runningCount === desiredCount ? true : undefined;
    },
    { within, evidence: () => evidence },
  );
}
