import type { ReleaseName } from "../../examples/shop/releases.ts";
import type { DeploymentRequest } from "../../service/deployments/deploy.ts";

/** One deployment of the many, and what a person does after it. */
export interface Turn {
  readonly release: ReleaseName;
  readonly request: Omit<DeploymentRequest, "stack">;
  /** How it ends when AWS is well. */
  readonly good: boolean;
  readonly undone: boolean;
}

/** The n-th turn, whatever `live` is: one in seven is a bad release, one in five is undone, one in nine a canary. */
export function turn(n: number, live: string): Turn {
  const good = n % 7 !== 3;
  const undone = good && n % 5 === 4;
  const canary = n % 9 === 5;
  const release = good ? (live === "shop:1.0" ? "1.1" : "1.0") : "1.2-error-page";
  return {
    release,
    request: {
      image: `shop:${release}`,
      bake: 0,
      undoWindow: undone ? 5 : 1,
      ...(canary ? { shift: "canary", shiftPercent: 20, shiftInterval: 1 } : {}),
    },
    good,
    undone,
  };
}
