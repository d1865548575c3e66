import type { Clock } from "../clock.ts";
import { BackOff } from "./backOff.ts";
import { failureThreshold } from "./circuitBreaker.ts";
import { completeDeployment, dropFormer, failDeployment } from "./deployments.ts";
import { sentences } from "./events.ts";
import { type Health, readHealth } from "./health.ts";
import type { TargetOperations } from "./registration.ts";
import { plan, type Standing } from "./rollout.ts";
import { type Kept, ownerOf, primary } from "./services.ts";
import { startTasks } from "./startTasks.ts";
import type { TaskStarter } from "./taskStarter.ts";
import type { Task, Tasks } from "./tasks.ts";

/** How often a service is looked at when nothing has changed, in milliseconds: health is asked, not told. */
const lookEvery = 250;

export interface SchedulerParts {
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly starter: TaskStarter;
  readonly elbv2: TargetOperations;
}

/** Brings one service, or one task set of it, to what is wanted of it, as long as it is not INACTIVE. */
export class Scheduler {
  readonly #service: Kept;
  readonly #parts: SchedulerParts;
  readonly #backOff = new BackOff();
  readonly #closed = new AbortController();
  readonly #loop: Promise<void>;
  /** Tasks that were healthy once, and those whose failure is counted. */
  readonly #healthyOnce = new WeakSet<Task>();
  readonly #counted = new WeakSet<Task>();
  readonly #unhealthy = new WeakSet<Task>();
  #wake: () => void = () => {};
  #isWoken = false;
  #isPaused = false;
  #isSteady = false;

  constructor(service: Kept, parts: SchedulerParts) {
    this.#service = service;
    this.#parts = parts;
    this.#loop = this.#look();
  }

  /** Something about the service has changed: look at once. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** There is something new to try: no task has to wait for what failed before. */
  startAfresh(): void {
    this.#backOff.reset();
    this.#isPaused = false;
    this.#isSteady = false;
    this.wake();
  }

  /** Resolves when nothing is left to bring about: it is INACTIVE, or closed. */
  get ended(): Promise<void> {
    return this.#loop;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.wake();
    await this.#loop;
  }

  async #look(): Promise<void> {
    while (!this.#closed.signal.aborted && this.#service.status !== "INACTIVE") {
      this.#isWoken = false;
      try {
        await this.#reconcile();
      } catch (error) {
        console.error(`ecs: ${this.#service.name}:`, error);
      }
      await this.#untilNext();
    }
  }

  async #untilNext(): Promise<void> {
    if (this.#isWoken) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await this.#parts.clock.delay(lookEvery, woken.signal).catch(() => {});
    this.#wake = () => {};
  }

  async #reconcile(): Promise<void> {
    const health = await readHealth(this.#parts.elbv2, this.#service);
    if (this.#closed.signal.aborted) return;
    // From here on nothing waits, so that what is decided is still so.
    this.#noteHealth(health);
    this.#countFailures();
    this.#change(health);
    this.#finish(health);
  }

  #tasks(): readonly Task[] {
    const owner = ownerOf(this.#service);
    const tasks = this.#parts.tasks.of(owner.cluster).filter(({ service }) => service?.of === owner);
    if (owner === this.#service) return tasks;
    return tasks.filter(({ service }) => service?.deployment === primary(this.#service).id);
  }

  #wantedTasks(): readonly Task[] {
    return this.#tasks().filter(({ desiredStatus }) => desiredStatus === "RUNNING");
  }

  #noteHealth(health: Health): void {
    const { events, settings, deployments } = this.#service;
    const grace = (settings.healthCheckGracePeriodSeconds ?? 0) * 1000;
    for (const task of this.#wantedTasks()) {
      if (health.isHealthy(task)) {
        this.#unhealthy.delete(task);
        if (this.#healthyOnce.has(task)) continue;
        this.#healthyOnce.add(task);
        this.#backOff.reset();
        const deployment = deployments.find(({ id }) => id === task.service?.deployment);
        if (deployment && settings.circuitBreaker.resetOnHealthyTask !== false) deployment.failedTasks = 0;
      }
      const failing = health.failing(task);
      const isInGrace = (task.startedAt?.getTime() ?? Infinity) + grace > this.#parts.clock.now().getTime();
      if (!failing || isInGrace || this.#unhealthy.has(task)) continue;
      this.#unhealthy.add(task);
      events.say(sentences.unhealthy({ task: task.id, ...failing }));
    }
  }

  /** Tasks that ended without anyone wanting it. */
  #countFailures(): void {
    const failed = this.#tasks().filter((task) => hasFailed(task) && !this.#counted.has(task));
    if (failed.length === 0) return;
    for (const task of failed) {
      this.#counted.add(task);
      const deployment = this.#service.deployments.find(({ id }) => id === task.service?.deployment);
      if (deployment?.rolloutState === "IN_PROGRESS") deployment.failedTasks += 1;
    }
    this.#isSteady = false;
    const current = primary(this.#service);
    const threshold = failureThreshold(this.#service.settings.circuitBreaker, this.#service.desiredCount);
    if (current.rolloutState === "IN_PROGRESS" && current.failedTasks >= threshold) {
      if (failDeployment(this.#service, this.#parts.clock.now())) this.startAfresh();
      return;
    }
    const never = failed.filter((task) => !this.#healthyOnce.has(task));
    if (never.length > 0 && !this.#isPaused)
      this.#pause(never.every(({ startedAt }) => startedAt === undefined));
  }

  #pause(neverRan: boolean): void {
    const { ms, isThrottled } = this.#backOff.next({ neverRan });
    if (isThrottled) this.#service.events.say(sentences.throttled());
    const deployment = primary(this.#service);
    this.#isPaused = true;
    void this.#parts.clock.delay(ms, this.#closed.signal).then(
      () => {
        if (primary(this.#service) !== deployment) return;
        this.#isPaused = false;
        this.wake();
      },
      () => {},
    );
  }

  #change(health: Health): void {
    const { settings, desiredCount: desired, events } = this.#service;
    const current = primary(this.#service);
    const tasks = this.#wantedTasks();
    const standing = tasks.map((task): Standing => ({
      id: task.id,
      isPrimary: task.service?.deployment === current.id,
      isHealthy: health.isHealthy(task),
      isUnhealthy: this.#unhealthy.has(task),
    }));
    const { start, stop } = plan(
      { ...settings, desired, isFailed: current.rolloutState === "FAILED" },
      standing,
    );
    if (start > 0 && !this.#isPaused) {
      this.#isSteady = false;
      startTasks(this.#service, {
        ...{ count: start, beside: tasks, starter: this.#parts.starter },
        changed: () => this.wake(),
      });
    }
    for (const task of tasks.filter(({ id }) => stop.includes(id))) this.#stop(task, health);
    const isComplete = standing.filter(({ isPrimary }) => isPrimary).length >= desired;
    const isIdle = start === 0 && stop.length === 0 && current.rolloutState === "IN_PROGRESS";
    if (isIdle && !isComplete && standing.every(({ isHealthy }) => isHealthy))
      events.say(sentences.blocked());
  }

  #stop(task: Task, health: Health): void {
    const failing = this.#unhealthy.has(task) ? health.failing(task) : undefined;
    this.#isSteady = false;
    this.#parts.starter.stop(task, {
      code: "ServiceSchedulerInitiated",
      reason: failing
        ? `Task failed ELB health checks in (target-group ${failing.targetGroup})`
        : `Scaling activity initiated by (deployment ${primary(this.#service).id})`,
    });
  }

  #finish(health: Health): void {
    const service = this.#service;
    const tasks = this.#tasks().filter(({ lastStatus }) => lastStatus !== "STOPPED");
    if (service.status === "DRAINING" && tasks.length === 0) {
      service.status = "INACTIVE";
      return;
    }
    const left = tasks.filter(
      ({ lastStatus }) => lastStatus !== "STOPPING" && lastStatus !== "DEPROVISIONING",
    );
    dropFormer(service, left);
    const current = primary(service);
    const healthy = left.filter((task) => task.desiredStatus === "RUNNING" && health.isHealthy(task));
    const isThere = left.length === healthy.length && healthy.length === service.desiredCount;
    if (service.status !== "ACTIVE" || service.deployments.length > 1 || !isThere) {
      this.#isSteady = false;
      return;
    }
    if (current.rolloutState === "IN_PROGRESS") completeDeployment(service, this.#parts.clock.now());
    if (this.#isSteady || current.rolloutState !== "COMPLETED") return;
    this.#isSteady = true;
    service.events.say(sentences.steady());
  }
}

function hasFailed({ stop }: Task): boolean {
  return (
    stop?.code === "EssentialContainerExited" ||
    stop?.code === "TaskFailedToStart" ||
    /^Task failed ELB health checks/.test(stop?.reason ?? "")
  );
}
