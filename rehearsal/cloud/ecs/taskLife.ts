import type { Addresses } from "../../tasks/addresses.ts";
import type { Guard } from "../../tasks/guard.ts";
import { CannotStart, launch, type Process } from "../../tasks/launch.ts";
import type { Clock } from "../clock.ts";
import { type ContainerParts, prepare } from "./containerProcess.ts";
import { deregister, drained, type Place, register, type TargetOperations } from "./registration.ts";
import type { StopCause, Task, TaskContainer, TaskStatus } from "./tasks.ts";

/**
 * What AWS takes before a task's own process begins, in milliseconds. Fargate takes some tens of seconds; a rehearsal's
 * figures are to be about the task's own start, so it is kept just long enough that every state can be seen.
 */
export const startDelay = { provisioning: 100, pending: 50 } as const;

/** A task that has run for so long, in milliseconds, counts as running where no health check says more. */
const settlesAfter = 1000;

/** Seconds between SIGTERM and SIGKILL where the container says nothing. */
const defaultStopTimeout = 30;

/** What is left for a task to end when the rehearsal does, in milliseconds. */
const closingTimeout = 1500;

export interface LifeParts extends ContainerParts {
  readonly clock: Clock;
  readonly guard: Guard;
  readonly addresses: Addresses;
  readonly elbv2: TargetOperations;
}

export interface LifeOptions {
  /** The target groups that a service's task belongs to. */
  readonly places: readonly Place[];
  /** Called after each change. */
  readonly changed: () => void;
  readonly report: (what: LifeReport) => void;
}

/** What a task's service says about it. */
export type LifeReport =
  | {
      readonly kind: "registered" | "deregistered" | "not registered";
      readonly targetGroup: string;
      readonly why?: string;
    }
  | { readonly kind: "draining" | "stopped" };

/** Takes a task from PROVISIONING to STOPPED, with real processes. */
export class TaskLife {
  /** Resolves when the task is STOPPED. */
  readonly ended: Promise<void>;
  readonly #task: Task;
  readonly #parts: LifeParts;
  readonly #options: LifeOptions;
  readonly #processes = new Map<TaskContainer, Process>();
  readonly #registered: Place[] = [];
  /** Aborted as soon as it is known that the task stops. */
  readonly #stopping = new AbortController();
  readonly #closing = new AbortController();

  constructor(task: Task, parts: LifeParts, options: LifeOptions) {
    this.#task = task;
    this.#parts = parts;
    this.#options = options;
    this.ended = this.#live();
  }

  /** Stops the task for this reason; one that stops already keeps its own. Returns at once. */
  stop(cause: StopCause): void {
    if (this.#task.stop) return;
    this.#task.stop = cause;
    this.#task.desiredStatus = "STOPPED";
    this.#task.stoppingAt = this.#parts.clock.now();
    this.#changed();
    this.#stopping.abort();
  }

  /** Ends the task because the rehearsal ends: no draining, and little time. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.stop({ code: "UserInitiated", reason: "The rehearsal ended" });
    await this.ended;
  }

  async #live(): Promise<void> {
    try {
      await this.#start();
      await aborted(this.#stopping.signal);
    } catch (error) {
      this.stop({
        code: "TaskFailedToStart",
        reason: error instanceof Error ? error.message : String(error),
      });
    }
    await this.#end();
  }

  /** Returns early when the task is to stop. Throws with a stopped reason when it can't start. */
  async #start(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#stopping;
    if (!(await passed(clock.delay(startDelay.provisioning, signal)))) return;
    this.#to("PENDING");
    if (!(await passed(clock.delay(startDelay.pending, signal)))) return;
    this.#task.pullStartedAt = clock.now();
    const prepared = [];
    for (const container of this.#task.containers)
      prepared.push({ container, process: await this.#prepare(container) });
    this.#task.pullStoppedAt = clock.now();
    for (const { container, process } of prepared) {
      if (signal.aborted) return;
      await this.#launch(container, process);
    }
    if (signal.aborted) return;
    this.#to("ACTIVATING");
    for (const place of this.#options.places) await this.#register(place);
    if (signal.aborted) return;
    this.#task.startedAt = clock.now();
    this.#to("RUNNING");
    if (!(await passed(clock.delay(settlesAfter, signal)))) return;
    this.#task.isSettled = true;
    this.#changed();
  }

  async #prepare(container: TaskContainer) {
    try {
      return await prepare(container, this.#task, this.#parts);
    } catch (error) {
      container.reason = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  async #launch(container: TaskContainer, prepared: Awaited<ReturnType<typeof prepare>>): Promise<void> {
    try {
      const process = await launch(prepared, this.#parts);
      this.#processes.set(container, process);
      container.lastStatus = "RUNNING";
      void process.ended.then((code) => this.#containerEnded(container, code));
    } catch (error) {
      if (!(error instanceof CannotStart)) throw error;
      container.reason = `CannotStartContainerError: Error response from daemon: failed to create task for container: ${error.message}`;
      throw new Error(container.reason, { cause: error });
    }
  }

  #containerEnded(container: TaskContainer, code: number): void {
    container.lastStatus = "STOPPED";
    container.exitCode = code;
    if (container.definition.essential)
      this.stop({ code: "EssentialContainerExited", reason: "Essential container in task exited" });
    this.#changed();
  }

  async #register(place: Place): Promise<void> {
    const { targetGroup } = place;
    try {
      await register(this.#parts.elbv2, place);
      this.#registered.push(place);
      this.#options.report({ kind: "registered", targetGroup });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.report({ kind: "not registered", targetGroup, why });
    }
  }

  async #end(): Promise<void> {
    const task = this.#task;
    const wasRunning = task.startedAt !== undefined;
    await this.#leaveTargets();
    if (this.#processes.size > 0) this.#to("STOPPING");
    if (wasRunning && task.stop?.code === "ServiceSchedulerInitiated")
      this.#options.report({ kind: "stopped" });
    await Promise.all(
      [...this.#processes].map(([container, process]) => this.#stopProcess(container, process)),
    );
    for (const container of task.containers) container.lastStatus = "STOPPED";
    const now = this.#parts.clock.now();
    task.executionStoppedAt = now;
    this.#to("DEPROVISIONING");
    this.#parts.addresses.release(task.address);
    task.stoppedAt = now;
    this.#to("STOPPED");
  }

  /** A task gets no new requests before it gets SIGTERM, and those in flight have the deregistration delay. */
  async #leaveTargets(): Promise<void> {
    if (this.#registered.length === 0) return;
    this.#to("DEACTIVATING");
    const { elbv2, clock } = this.#parts;
    for (const place of this.#registered) {
      await deregister(elbv2, place).catch(complain);
      this.#options.report({ kind: "deregistered", targetGroup: place.targetGroup });
    }
    const signal = AbortSignal.any([this.#closing.signal, this.#essentialEnded()]);
    if (signal.aborted) return;
    this.#options.report({ kind: "draining" });
    await Promise.all(
      this.#registered.map((place) => drained(elbv2, place, { clock, signal }).catch(complain)),
    );
  }

  /** Nobody is left to answer what is in flight. */
  #essentialEnded(): AbortSignal {
    const ended = new AbortController();
    for (const [container, process] of this.#processes)
      if (container.definition.essential) {
        if (container.exitCode !== undefined) ended.abort();
        void process.ended.then(() => ended.abort());
      }
    return ended.signal;
  }

  async #stopProcess({ definition }: TaskContainer, process: Process): Promise<void> {
    const timeout = (definition.stopTimeout ?? defaultStopTimeout) * 1000;
    const closes = passed(aborted(this.#closing.signal)).then(() => process.stop(closingTimeout));
    await Promise.race([process.stop(timeout), closes]);
  }

  #to(status: TaskStatus): void {
    this.#task.lastStatus = status;
    this.#changed();
  }

  #changed(): void {
    this.#task.version += 1;
    this.#options.changed();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** False where the wait was aborted. */
async function passed(wait: Promise<void>): Promise<boolean> {
  return await wait.then(
    () => true,
    () => false,
  );
}

function complain(error: unknown): void {
  console.error(`ecs: the load balancer refused: ${error instanceof Error ? error.message : String(error)}`);
}
