import { nextProvider } from "./capacity.ts";
import { sentences } from "./events.ts";
import { type Kept, ownerOf, primary, type Revision } from "./services.ts";
import type { Tags } from "./tags.ts";
import type { TaskStarter } from "./taskStarter.ts";
import type { Placement, Task } from "./tasks.ts";

export interface Starting {
  readonly count: number;
  /** The service's tasks that are there, for the shares of its capacity providers. */
  readonly beside: readonly Task[];
  readonly starter: TaskStarter;
  /** Called after each change of a task. */
  readonly changed: () => void;
}

/** Starts tasks of a service's primary deployment, or of a task set, and says so. */
export function startTasks(service: Kept, { count, beside, starter, changed }: Starting): void {
  const { cluster, name, events } = service;
  const { id: deployment, revision } = primary(service);
  if (revision.launchType === "EC2") return events.say(sentences.noInstances());
  const started: Task[] = [];
  for (let left = count; left > 0; left -= 1) {
    const task = starter.start({
      ...{ cluster, definition: revision.taskDefinition, startedBy: deployment, changed },
      group: `service:${name}`,
      placed: placement(revision, [...beside, ...started]),
      service: { of: ownerOf(service), deployment },
      loadBalancers: revision.loadBalancers,
      tags: tagsOf(service),
      report: (what, { id }) => events.report(what, id),
    });
    if (!task) break;
    started.push(task);
  }
  if (started.length > 0) events.say(sentences.started(started.map(({ id }) => id)));
  if (started.length < count) events.say(sentences.noCapacity());
}

function placement(revision: Revision, tasks: readonly Task[]): Placement {
  const { capacityProviderStrategy: strategy, network, platformVersion } = revision;
  const provider =
    strategy &&
    nextProvider(strategy, (one) => tasks.filter(({ placed }) => placed.capacityProvider === one).length);
  return {
    launchType: "FARGATE",
    ...(provider !== undefined && { capacityProvider: provider }),
    ...(platformVersion !== undefined && platformVersion !== "LATEST" && { platformVersion }),
    network,
  };
}

function tagsOf(service: Kept): Tags {
  const { propagateTags } = service.settings;
  if (propagateTags === "TASK_DEFINITION") return new Map(primary(service).revision.taskDefinition.tags);
  return new Map(propagateTags === "SERVICE" ? ownerOf(service).tags : []);
}
