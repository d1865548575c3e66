import type { Colour } from "../../infra/release.ts";

/** One colour's ECS service, as AWS answered it. */
export interface ColourService {
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** ARN of the task definition that new tasks get. */
  readonly taskDefinition: string;
  /** ECS's own deployments of the service; one means that nothing is being replaced. */
  readonly deployments: readonly {
    readonly id: string;
    readonly status: string;
    readonly taskDefinition: string;
  }[];
  /** What the scalable target allows. */
  readonly capacity: { readonly min: number; readonly max: number };
  readonly suspended: Suspended;
  /** ECS's newest sentences about the service, newest first. */
  readonly events: readonly string[];
}

/** Which kinds of scaling are switched off. */
export interface Suspended {
  readonly in: boolean;
  readonly out: boolean;
  readonly scheduled: boolean;
}

export interface Task {
  readonly arn: string;
  readonly taskDefinition: string;
  /** AWS's own word: PROVISIONING … RUNNING … STOPPED. */
  readonly status: string;
  /** Its private address, once it has one. */
  readonly address?: string;
  /** Why and how it ended; only of a stopped task. */
  readonly end?: TaskEnd;
}

export interface TaskEnd {
  /** AWS's own code: EssentialContainerExited, TaskFailedToStart, ServiceSchedulerInitiated, … */
  readonly code: string;
  readonly reason: string;
  /** The service's own container; undefined where it never ran. */
  readonly exitCode?: number;
}

/** The two standing services of one stack. */
export interface Tasks {
  service(colour: Colour, signal: AbortSignal): Promise<ColourService>;
  /** The colour's tasks, running and (for as long as ECS remembers them) stopped. */
  list(colour: Colour, signal: AbortSignal): Promise<readonly Task[]>;
  scale(colour: Colour, count: number, signal: AbortSignal): Promise<void>;
  suspend(colour: Colour, flags: Suspended, signal: AbortSignal): Promise<void>;
  /** Lets ECS replace the colour's tasks by those of another task definition, within the service's percents. */
  replace(colour: Colour, taskDefinition: string, signal: AbortSignal): Promise<void>;
}

/** The revisions of a colour's task definition. */
export interface Revisions {
  /** ARNs of all that ECS would still start. */
  active(colour: Colour, signal: AbortSignal): Promise<readonly string[]>;
  /** No task can be started from it any more; those that run stay. */
  deregister(taskDefinition: string, signal: AbortSignal): Promise<void>;
}

/** Tasks that run once: migrations. */
export interface OneOffs {
  /** Starts the task, or finds the one that the same run and token started before. Answers its ARN. */
  run(order: OneOff, signal: AbortSignal): Promise<string>;
  /** The ARN of the task that the same run and token started before; null where none did. */
  find(order: OneOff, signal: AbortSignal): Promise<string | null>;
  look(task: string, signal: AbortSignal): Promise<Task>;
}

export interface OneOff {
  /** The colour that the task definition stands on. */
  readonly colour: Colour;
  readonly taskDefinition: string;
  readonly command: readonly string[];
  /** ECS keeps 36 characters. */
  readonly startedBy: string;
  /** ECS keeps 64 characters, for 24 hours. */
  readonly token: string;
}

/** What tasks wrote. */
export interface Logs {
  /** The last lines of a task's own container, oldest first. Empty where there are none. */
  tail(
    of: { readonly colour: Colour; readonly task: string },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}
