import type { Outputs } from "../../../infra/outputs.ts";
import type { Colour } from "../../../infra/release.ts";
import { UnknownStack } from "../../errors/refusals.ts";
import type { Placed, Stacks } from "../../ports/stacks.ts";
import type { UpdateProcess, Updates } from "../../ports/updates.ts";
import { steadyBackend } from "./backend.ts";
import type { Cli } from "./cli.ts";
import { UpdateFailed } from "./errors.ts";
import { explain, isStaleConfiguration } from "./explain.ts";
import type { Job, Result, Step } from "./job.ts";
import { createRecovery } from "./recovery.ts";
import { createRunners, type Listener } from "./runners.ts";
import { readOutputs, readTaskDefinitions } from "./state.ts";
import { Workspace } from "./workspace.ts";

export interface PulumiStacks extends Stacks {
  exists(stack: string, signal: AbortSignal): Promise<boolean>;
  /** What a plain `pulumi up` with the last-applied configuration and this program would change; changes nothing. */
  pending(stack: string, signal: AbortSignal): Promise<readonly Step[]>;
  /** What is otherwise in AWS than the program with the last-applied configuration says; changes nothing. */
  drift(stack: string, signal: AbortSignal): Promise<readonly Step[]>;
  /** Ends the spare process. Updates under way end by their own signals. */
  close(): void;
}

/**
 * Stacks behind the Pulumi CLI, with the program of infra/ inline.
 * @param options.folder A folder of its own for the CLI to work in.
 * @param options.environment All that the CLI needs: PATH, HOME, PULUMI_*, AWS_*.
 * @param options.updates Where each update is written down before it takes the stack's lock.
 * @param options.command The CLI. Default `pulumi`, by the environment's PATH.
 * @param options.listener Hears of each resource of an update as it happens.
 */
export function createPulumiStacks(options: {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly updates: Updates;
  readonly command?: string;
  readonly listener?: Listener;
}): PulumiStacks {
  const { folder, environment, updates, command = "pulumi", listener } = options;
  const cli: Cli = { command, environment: steadyBackend(environment), folder };
  const workspace = new Workspace(cli);
  const recovery = createRecovery(cli, updates);
  const runners = createRunners();
  const recent = new Map<string, Outputs>();
  /** Digest of the configuration that the workspace has. */
  const applied = new Map<string, string>();
  let prepared: Promise<void> | undefined;
  const prepare = () => (prepared ??= workspace.prepare());

  async function outputs(stack: string, signal: AbortSignal): Promise<Outputs> {
    // Who asks for outputs may place a release next: its process and its configuration come meanwhile.
    runners.warm();
    await prepare();
    const [answered] = await Promise.all([
      readOutputs(cli, stack, signal),
      workspace.configuration(stack, signal),
    ]);
    const { configuration } = answered.versions;
    const known = applied.get(stack);
    applied.set(stack, configuration);
    if (known !== undefined && known !== configuration) await workspace.forget(stack);
    recent.set(stack, answered);
    return answered;
  }

  async function run(
    job: Pick<Job, "stack" | "kind" | "placement" | "targets">,
    signal: AbortSignal,
  ): Promise<Done> {
    const writeDown = (process: UpdateProcess) => updates.note(job.stack, process);
    const attempt = async (): Promise<Result> => {
      const configFile = await workspace.configuration(job.stack, signal);
      return runners.run(
        { ...job, ...cli, configFile },
        { signal, onSpawned: writeDown, ...(listener ? { listener } : {}) },
      );
    };
    const configFile = await workspace.configuration(job.stack, signal);
    const mayTryAgain = recovery(job, { configFile, signal, writeDown });
    for (;;) {
      let result = await attempt();
      if (isStaleConfiguration(result)) {
        // Someone ran `pulumi up` since: fetch what it applied. A second refusal means that it failed half-way.
        await workspace.forget(job.stack);
        result = await attempt();
      }
      if (result.kind === "done") return result;
      signal.throwIfAborted();
      const error = explain(job.stack, result);
      if (!(await mayTryAgain({ result, error }))) throw error;
    }
  }

  async function update(job: Parameters<typeof run>[0], signal: AbortSignal): Promise<Placed> {
    const { outputs, ms } = await run(job, signal);
    if (!outputs) {
      const messages = ["The program answered no outputs."];
      throw new UpdateFailed(job.stack, { failed: undefined, messages });
    }
    recent.set(job.stack, outputs);
    return { outputs, ms };
  }

  /** A colour's URNs change only with the program, so the outputs of any update will do. */
  async function urnsOf(stack: string, colour: Colour, signal: AbortSignal) {
    await prepare();
    const { colours } = recent.get(stack) ?? (await outputs(stack, signal));
    return colours[colour].urns;
  }

  async function changes(stack: string, how: { kind: "preview" | "drift"; signal: AbortSignal }) {
    await prepare();
    const { steps } = await run({ stack, kind: how.kind, targets: [] }, how.signal);
    return steps.filter(({ op }) => op !== "same" && op !== "read" && op !== "refresh");
  }

  return {
    outputs,
    recent: (stack) => recent.get(stack),

    async taskDefinitions(stack, signal) {
      await prepare();
      return readTaskDefinitions(cli, stack, signal);
    },

    async exists(stack, signal) {
      try {
        await outputs(stack, signal);
        return true;
      } catch (error) {
        if (error instanceof UnknownStack) return false;
        throw error;
      }
    },

    async place(stack, placement, signal) {
      const { release, service } = await urnsOf(stack, placement.colour, signal);
      // Something that stood there before may stand there again already, past Pulumi: a look, and there is nothing to do.
      const kind = "spec" in placement ? "up-after-look" : "up";
      return update({ stack, kind, placement, targets: [...release, service] }, signal);
    },

    async register(stack, placement, signal) {
      const { release } = await urnsOf(stack, placement.colour, signal);
      return update({ stack, kind: "up", placement, targets: release }, signal);
    },

    pending: (stack, signal) => changes(stack, { kind: "preview", signal }),
    drift: (stack, signal) => changes(stack, { kind: "drift", signal }),

    close: () => runners.close(),
  };
}

type Done = Extract<Result, { kind: "done" }>;
