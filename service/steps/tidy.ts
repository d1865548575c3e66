import { colours, type StackRecord } from "../../infra/release.ts";
import type { At, Step } from "../deployments/step.ts";
import { shortName } from "../deployments/shortName.ts";
import { keepOnly, recordedImages, revisionsIn } from "./keepImages.ts";

/**
 * Deregisters the task definitions that nothing names any more: neither the record, an undo's among it, nor Pulumi, nor
 * a service, nor a task. A placement makes one each time, and a killed one may leave one that nobody knows. Images that
 * the record no longer names are the registry's to clean up again. It can wait, so it fails nothing.
 */
export function tidy(): Step {
  return {
    name: "tidy",
    title: "let go of task definitions and images that nothing names",
    run: async (at) => {
      try {
        return { evidence: await deregisterUnused(at) };
      } catch (error) {
        at.signal.throwIfAborted();
        const why = error instanceof Error ? error.message : String(error);
        return { evidence: `left for the next time: ${why}` };
      }
    },
  };
}

async function deregisterUnused(at: At): Promise<string> {
  const { revisions } = at.cloud;
  // In this order: what comes to be named after the list was read was not in it.
  const active = (await Promise.all(colours.map((colour) => revisions.active(colour, at.signal)))).flat();
  const { record } = await at.stacks.outputs(at.snapshot.stack, at.signal);
  const named = new Set(await namesOf(at, record));
  const unused = active.filter((arn) => !named.has(arn));
  for (const arn of unused) await revisions.deregister(arn, at.signal);
  const images = await keepOnly(at, recordedImages(record));
  const which = unused.length === 0 ? "" : `: ${unused.map(shortName).join(", ")}`;
  return `${unused.length} of ${active.length} task definitions deregistered${which}; ${images} images need not be kept any more`;
}

async function namesOf(
  { cloud, signal, snapshot, stacks }: At,
  record: StackRecord,
): Promise<readonly string[]> {
  const [held, ...sides] = await Promise.all([
    stacks.taskDefinitions(snapshot.stack, signal),
    ...colours.flatMap((colour) => [
      cloud.tasks
        .service(colour, signal)
        .then(({ taskDefinition, deployments }) => [
          taskDefinition,
          ...deployments.map((deployment) => deployment.taskDefinition),
        ]),
      // ECS lists those that stopped, too, for an hour: they need theirs no more.
      cloud.tasks
        .list(colour, signal)
        .then((tasks) => tasks.filter(({ end }) => !end).map(({ taskDefinition }) => taskDefinition)),
    ]),
  ]);
  const recorded = revisionsIn(record).map(({ taskDefinition }) => taskDefinition);
  return [...recorded, ...held, ...sides.flat()];
}
