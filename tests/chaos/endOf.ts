import { otherColour } from "../../infra/release.ts";
import { stack } from "../../scripts/pulumiEnvironment.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import type { StackView } from "../../service/deployments/stackView.ts";
import type { AnyInstance } from "./anyInstance.ts";

/** What is the same after equal runs, whichever colour was live before them and whichever release came. */
export async function endOf(
  service: AnyInstance,
  run: Deployment,
  { before, migrations }: { readonly before: StackView; readonly migrations: number },
) {
  const after = await seen(service);
  const live = after.live ?? "blue";
  const idle = otherColour(live);
  const { status, error, undoErrors = [], steps } = run;
  return {
    status,
    errors: [error, ...undoErrors].flatMap((problem) => problem?.code ?? []),
    steps: steps.map(({ name, status: at }) => `${name} ${at}`),
    migrations,
    moved: after.live !== before.live,
    staged: after.colours[idle].release !== before.colours[idle].release,
    weights: [after.weights[live], after.weights[idle]],
    test: after.test === live ? "live" : "idle",
    live: { desired: after.colours[live].tasks.desired, suspended: after.colours[live].suspended },
    idle: { desired: after.colours[idle].tasks.desired, suspended: after.colours[idle].suspended },
    drift: after.drift,
  };
}

export function seen(service: AnyInstance): Promise<StackView> {
  return service.ask("GET", `/stacks/${stack}`);
}
