import { colours } from "../../infra/release.ts";
import type { At, Step } from "../deployments/step.ts";

/**
 * Deregisters the task definitions that nothing names any more: neither the record, an undo's among it, nor Pulumi, nor
 * a service, nor a task. A placement makes one each time, and a killed one may leave one that nobody knows. It can wait,
 * so it fails nothing.
 */
export function tidy(): Step {
  return {
    name: "tidy",
    title: "deregister task definitions that nothing names",
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
  const named = new Set(await namesOf(at));
  const unused = active.filter((arn) => !named.has(arn));
  for (const arn of unused) await revisions.deregister(arn, at.signal);
  return unused.length === 0
    ? `all ${active.length} are in use`
    : `${unused.length} of ${active.length} deregistered: ${unused.map(short).join(", ")}`;
}

async function namesOf({ cloud, signal, snapshot, stacks }: At): Promise<readonly string[]> {
  const { stack } = snapshot;
  const [{ record }, held, ...sides] = await Promise.all([
    stacks.outputs(stack, signal),
    stacks.taskDefinitions(stack, signal),
    ...colours.flatMap((colour) => [
      cloud.tasks
        .service(colour, signal)
        .then(({ taskDefinition, deployments }) => [
          taskDefinition,
          ...deployments.map((deployment) => deployment.taskDefinition),
        ]),
      cloud.tasks.list(colour, signal).then((tasks) => tasks.map(({ taskDefinition }) => taskDefinition)),
    ]),
  ]);
  const recorded = [record.blue, record.green, ...record.recent].flatMap(
    (spec) => spec?.taskDefinition ?? [],
  );
  return [...recorded, ...held, ...sides.flat()];
}

function short(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
