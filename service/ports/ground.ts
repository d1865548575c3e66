import type { Outputs } from "../../infra/outputs.ts";
import type { Clock } from "./clock.ts";
import type { Images } from "./images.ts";
import type { Questions } from "./questions.ts";
import type { Stacks } from "./stacks.ts";
import type { Logs, OneOffs, Revisions, Tasks } from "./tasks.ts";
import type { Traffic } from "./traffic.ts";

/** What AWS holds of one stack. */
export interface Cloud {
  readonly traffic: Traffic;
  readonly tasks: Tasks;
  readonly revisions: Revisions;
  readonly oneOffs: OneOffs;
  readonly logs: Logs;
  readonly images: Images;
  readonly questions: Questions;
}

/** Everything outside of the service that a run touches. */
export interface Ground {
  readonly stacks: Stacks;
  /** The cloud of the stack that has these outputs. */
  readonly cloud: (outputs: Outputs) => Cloud;
  readonly clock: Clock;
}
