import { mkdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
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
    await mkdir(dirname(file), { recursive: true });
    try {
      await pulumi(
        this.#cli,
        ["config", "refresh", "--force", "--stack", stack, "--config-file", file],
        signal,
      );
    } catch (error) {
      await this.forget(stack);
      throw error instanceof CliFailed ? explain(stack, error) : error;
    }
  }

  #file(stack: string): string {
    return join(this.#cli.folder, `Pulumi.${stack}.yaml`);
  }
}
