import { mkdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Cli, CliFailed, pulumi } from "./cli.ts";
import { explain } from "./explain.ts";

/** The name in the checkout's Pulumi.yaml; it is part of every URN. */
const project = "turnout";

/** A folder that the CLI works in, with the configuration of stacks as they were last applied. Never the checkout. */
export class Workspace {
  readonly #cli: Cli;

  constructor(cli: Cli) {
    this.#cli = cli;
  }

  /** Writes the project file; the program is inline, so it needs nothing else. */
  async prepare(): Promise<void> {
    await mkdir(this.#cli.folder, { recursive: true });
    await writeFile(join(this.#cli.folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  }

  /**
   * The stack's configuration as it was last applied, fetched from the backend where it is not here yet.
   * Whether it still is the last one the program itself checks, under the stack's lock.
   */
  async configuration(stack: string, signal: AbortSignal): Promise<string> {
    const file = this.#file(stack);
    if (!existsSync(file)) await this.#fetch(stack, signal);
    return file;
  }

  /** Forgets the stack's configuration, so that the next use fetches it. */
  async forget(stack: string): Promise<void> {
    await rm(this.#file(stack), { force: true });
  }

  async #fetch(stack: string, signal: AbortSignal): Promise<void> {
    const file = this.#file(stack);
    const config = (...args: readonly string[]) =>
      pulumi(this.#cli, ["config", ...args, "--stack", stack, "--config-file", file], signal);
    try {
      const [applied] = await Promise.all([
        lastApplied(this.#cli, stack, signal),
        // Secrets and the salt come this way; the values are the last update's, be it one that failed.
        config("refresh", "--force"),
      ]);
      if (applied.isNewest) return;
      const fetched = JSON.parse(await config("--json")) as Values;
      const surplus = Object.keys(fetched).filter((key) => !(key in applied.values));
      if (surplus.length > 0) await config("rm-all", ...surplus);
      const plain = Object.entries(applied.values).filter(([, { secret }]) => !secret);
      await config("set-all", "--json", JSON.stringify(Object.fromEntries(plain)));
    } catch (error) {
      await this.forget(stack);
      throw error instanceof CliFailed ? explain(stack, error) : error;
    }
  }

  #file(stack: string): string {
    return join(this.#cli.folder, `Pulumi.${stack}.yaml`);
  }
}

/** Configuration as the CLI's `--json` has it. */
type Values = Readonly<Record<string, { readonly value: string; readonly secret: boolean }>>;

/** The configuration of the newest update that succeeded: a failed one applied only a part of its own. */
async function lastApplied(
  cli: Cli,
  stack: string,
  signal: AbortSignal,
): Promise<{ readonly values: Values; readonly isNewest: boolean }> {
  const history = await pulumi(
    cli,
    ["stack", "history", "--json", "--page-size", "50", "--page", "1", "--stack", stack],
    signal,
  );
  const updates = JSON.parse(history) as { kind: string; result: string; config: Values }[];
  const index = updates.findIndex(({ kind, result }) => kind === "update" && result === "succeeded");
  return { values: updates[index]?.config ?? {}, isNewest: index <= 0 };
}
