import type { Outputs } from "../../../infra/outputs.ts";
import { type Cli, CliFailed, pulumi } from "./cli.ts";
import { PendingOperations, StackIncomplete } from "./errors.ts";
import { explain } from "./explain.ts";

interface Deployment {
  readonly resources?: readonly {
    readonly type: string;
    readonly outputs?: Partial<Outputs>;
  }[];
  readonly pending_operations?: readonly { readonly resource: { readonly urn: string } }[];
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

/** What a killed update was at, if anything. */
export async function assertNothingPending(cli: Cli, stack: string, signal: AbortSignal): Promise<void> {
  const { pending_operations: pending } = await readState(cli, stack, signal);
  if (pending?.length)
    throw new PendingOperations(
      stack,
      pending.map(({ resource }) => resource.urn),
    );
}

async function readState(cli: Cli, stack: string, signal: AbortSignal): Promise<Deployment> {
  try {
    const exported = await pulumi(cli, ["stack", "export", "--stack", stack], signal);
    return (JSON.parse(exported) as { deployment: Deployment | null }).deployment ?? {};
  } catch (error) {
    throw error instanceof CliFailed ? explain(stack, error) : error;
  }
}
