import type { Deployment } from "./deployment.ts";

/** One thing that changed in a run. */
export type News =
  | { readonly event: "deployment"; readonly data: Deployment }
  | { readonly event: "step"; readonly data: Deployment["steps"][number] }
  | { readonly event: "weights"; readonly data: NonNullable<Deployment["weights"]> }
  | { readonly event: "status"; readonly data: Pick<Deployment, "status" | "trafficLiveAt" | "error"> }
  | { readonly event: "end"; readonly data: Deployment };

/** What is new in `now`: everything for a reader who has seen nothing, else one event for each thing that changed. */
export function news(before: Deployment | undefined, now: Deployment): readonly News[] {
  const last: readonly News[] = now.finishedAt ? [{ event: "end", data: now }] : [];
  if (!before) return [{ event: "deployment", data: now }, ...last];
  const known = new Map(before.steps.map((step) => [step.name, JSON.stringify(step)]));
  const steps = now.steps.filter((step) => known.get(step.name) !== JSON.stringify(step));
  const moved = now.weights && JSON.stringify(now.weights) !== JSON.stringify(before.weights);
  const { status, trafficLiveAt, error } = now;
  const turned = status !== before.status || trafficLiveAt !== before.trafficLiveAt;
  return [
    ...steps.map((step) => ({ event: "step", data: step }) as const),
    ...(moved && now.weights ? [{ event: "weights", data: now.weights } as const] : []),
    ...(turned
      ? [
          {
            event: "status",
            data: { status, ...(trafficLiveAt ? { trafficLiveAt } : {}), ...(error ? { error } : {}) },
          } as const,
        ]
      : []),
    ...last,
  ];
}
