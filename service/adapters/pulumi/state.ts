import type { Outputs } from "../../../infra/outputs.ts";
import { type Cli, CliFailed, pulumi } from "./cli.ts";
import { StackIncomplete } from "./errors.ts";
import { explain } from "./explain.ts";

interface Deployment {
  readonly resources?: readonly {
    readonly type: string;
    readonly outputs?: Partial<Outputs> & { readonly arn?: string };
  }[];
}

/**
 * The outputs of the stack's last update. Read from the state and not with `stack output`: it is one spawn either way,
 * and without a secret among the outputs the passphrase need not be stretched (200 ms).
 * @throws UnknownStack, StackIncomplete.
 */
export async function readOutputs(cli: Cli, stack: string, signal: AbortSignal): Promise<Outputs> {
  const { resources = [] } = await readState(cli, stack, signal);
  const outputs = resources.find((resource) => resource.type === "pulumi:pulumi:Stack")?.outputs;
  if (!outputs?.record) throw new StackIncomplete(stack);
  return outputs as Outputs;
}

/** ARNs of the task definitions that the state holds, those among them that are about to be replaced. @throws UnknownStack. */
export async function readTaskDefinitions(
  cli: Cli,
  stack: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { resources = [] } = await readState(cli, stack, signal);
  return resources
    .filter(({ type }) => type === "aws:ecs/taskDefinition:TaskDefinition")
    .map(({ outputs }) => outputs?.arn ?? "");
}

async function readState(cli: Cli, stack: string, signal: AbortSignal): Promise<Deployment> {
  try {
    const exported = await pulumi(cli, ["stack", "export", "--stack", stack], signal);
    return (JSON.parse(exported) as { deployment: Deployment | null }).deployment ?? {};
  } catch (error) {
    throw error instanceof CliFailed ? explain(stack, error) : error;
  }
}
