import type { Outputs } from "../../../infra/outputs.ts";
import type { Placement } from "../../../infra/release.ts";

/** One run of the program by the engine, in a process of its own. */
export interface Job {
  readonly stack: string;
  /**
   * `up` changes the targets, `up-after-look` what is otherwise in AWS. `preview` lists what it would change, `drift` the
   * same after a look at what AWS has.
   */
  readonly kind: "up" | "up-after-look" | "preview" | "drift";
  readonly placement?: Placement;
  /** URNs; empty for all. */
  readonly targets: readonly string[];
  /** The folder with Pulumi.yaml and the stack's configuration file. */
  readonly folder: string;
  readonly configFile: string;
  readonly command: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What a resource does, or did, in a run. */
export interface Step {
  readonly urn: string;
  /** Pulumi's: create, update, replace, delete, same, read … */
  readonly op: string;
}

export interface Diagnostic {
  /** Empty where it is about no resource. */
  readonly urn: string;
  readonly severity: "error" | "warning";
  readonly message: string;
}

export type Result =
  | {
      readonly kind: "done";
      /** Undefined in a preview, and where the stack is not complete. */
      readonly outputs: Outputs | undefined;
      readonly steps: readonly Step[];
      /** Milliseconds from the start of the CLI to its end. */
      readonly ms: number;
    }
  | {
      readonly kind: "failed";
      readonly exitCode: number | null;
      /** All that the CLI wrote. */
      readonly output: string;
      readonly diagnostics: readonly Diagnostic[];
      /** The resource whose step failed, where one did. */
      readonly failed: Step | undefined;
      readonly ms: number;
    };

/** From the runner to the service. */
export type FromRunner =
  | { readonly kind: "ready" }
  /** The CLI's process is there, and waits for `go`. */
  | { readonly kind: "spawned"; readonly pid: number }
  | { readonly kind: "step"; readonly step: Step; readonly state: "starts" | "done" | "failed" }
  | { readonly kind: "result"; readonly result: Result };

/** From the service to the runner. */
export type ToRunner =
  { readonly kind: "job"; readonly job: Job } | { readonly kind: "go" } | { readonly kind: "stop" };
