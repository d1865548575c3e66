import { randomBytes, randomUUID } from "node:crypto";
import type * as sdk from "@aws-sdk/client-codedeploy";
import type * as cloudwatchSdk from "@aws-sdk/client-cloudwatch";
import type * as ecsSdk from "@aws-sdk/client-ecs";
import { AwsError } from "../awsError.ts";
import type { Clock } from "../clock.ts";
import type { TaskSetOperations } from "../ecs/taskSetOperations.ts";
import type { Operations } from "../operations.ts";
import { type AppSpec, type LifecycleEventName, lifecycleEvents } from "./appSpec.ts";
import type { Part } from "./configs.ts";
import type { Group } from "./groups.ts";
import { groupArns, route, type RouteOperations, type Sides } from "./traffic.ts";

/** What a deployment asks of the others. */
export interface DeploymentParts {
  readonly clock: Clock;
  readonly taskSets: TaskSetOperations;
  readonly elbv2: RouteOperations;
  readonly cloudwatch: Operations<typeof cloudwatchSdk, "DescribeAlarms">;
  /** Calls a hook's function; it answers by PutLifecycleEventHookExecutionStatus. */
  readonly invoke: (lambda: string, event: HookEvent) => Promise<void>;
}

/** What a hook's function is called with. */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** Minutes that CodeDeploy waits for tasks to become steady, and for a hook's answer. */
const patience = 60;
/** How often tasks and alarms are looked at, in milliseconds. */
const lookEvery = 1000;
const minute = 60_000;

type RollbackEvent = NonNullable<sdk.AutoRollbackConfiguration["events"]>[number];

/** Ends a deployment before its last step. */
class Ended extends Error {
  readonly status: "Failed" | "Stopped";
  readonly code: sdk.ErrorCode;
  readonly event: RollbackEvent;

  constructor(status: "Failed" | "Stopped", code: sdk.ErrorCode, event: RollbackEvent, message: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.event = event;
  }
}

/** One deployment of a group, from its creation to its end. */
export class Deployment {
  readonly id = `d-${randomBytes(8).toString("base64url").replace(/[-_]/g, "X").slice(0, 9).toUpperCase()}`;
  readonly group: Group;
  readonly appSpec: AppSpec;
  readonly input: sdk.CreateDeploymentInput;
  readonly configName: string;
  readonly createdAt: Date;
  readonly autoRollback: sdk.AutoRollbackConfiguration;
  readonly events: { -readonly [Key in keyof sdk.LifecycleEvent]: sdk.LifecycleEvent[Key] }[];
  status: sdk.DeploymentStatus = "Created";
  startedAt?: Date;
  completedAt?: Date;
  error?: sdk.ErrorInformation;
  rollbackInfo?: sdk.RollbackInfo;
  creator: sdk.DeploymentCreator = "user";
  /** The original task set waits for its end, or ends. */
  isTerminating = false;
  /** Task sets by their label, as soon as they are known. */
  original?: ecsSdk.TaskSet;
  replacement?: ecsSdk.TaskSet;
  /** Percent of the production traffic that the replacement has. */
  percent = 0;

  readonly #parts: DeploymentParts;
  readonly #shifts: readonly Part[];
  readonly #stopped = new AbortController();
  readonly #hooks = new Map<string, (succeeded: boolean) => void>();
  #continue: { readonly type: sdk.DeploymentWaitType; readonly go: () => void } | undefined;
  #sides: Sides | undefined;
  #takeBack: boolean | undefined;
  /** The original's tasks end: there is nothing to go back to. */
  #isFinal = false;

  constructor(
    parts: DeploymentParts,
    its: {
      readonly group: Group;
      readonly appSpec: AppSpec;
      readonly input: sdk.CreateDeploymentInput;
      readonly configName: string;
      readonly shifts: readonly Part[];
    },
  ) {
    this.#parts = parts;
    this.#shifts = its.shifts;
    this.group = its.group;
    this.appSpec = its.appSpec;
    this.input = its.input;
    this.configName = its.configName;
    this.createdAt = parts.clock.now();
    this.autoRollback =
      its.input.autoRollbackConfiguration ?? its.group.settings.autoRollbackConfiguration ?? {};
    this.events = lifecycleEvents.map((lifecycleEventName) => ({ lifecycleEventName, status: "Pending" }));
  }

  get isActive(): boolean {
    return this.completedAt === undefined;
  }

  get service(): { readonly cluster: string | undefined; readonly service: string | undefined } {
    const [one] = this.group.settings.ecsServices ?? [];
    return { cluster: one?.clusterName, service: one?.serviceName };
  }

  /** `<cluster>:<service>`. */
  get targetId(): string {
    const { cluster, service } = this.service;
    return `${cluster}:${service}`;
  }

  /** The target groups and the listeners in front of them. */
  get #pair(): sdk.TargetGroupPairInfo | undefined {
    return this.group.settings.loadBalancerInfo?.targetGroupPairInfoList?.[0];
  }

  /** Carries it out. Resolves at its end, however that is. `rollBack` makes the deployment that takes it back. */
  async run(rollBack: (failed: Deployment) => Deployment): Promise<void> {
    this.startedAt = this.#parts.clock.now();
    this.status = "InProgress";
    const lifecycle = this.#lifecycle();
    try {
      await Promise.race([lifecycle, this.#alarms(), whenAborted(this.#stopped.signal)]);
      this.#end("Succeeded");
      this.group.lastSuccessful = this.#last();
      // Nobody looks at alarms any more.
      this.#stopped.abort();
    } catch (error) {
      this.#stopped.abort(error);
      // What it is in the middle of may still make something that is to be taken back.
      await lifecycle.catch(() => {});
      await this.#give(error, rollBack);
    }
  }

  /** Takes the traffic of a deployment that failed back to its original task set, and ends the replacement. */
  async takeBack(failed: Deployment): Promise<void> {
    this.startedAt = this.#parts.clock.now();
    this.status = "InProgress";
    this.creator = "codeDeployRollback";
    for (const event of this.events) event.status = "Skipped";
    try {
      await this.#step("AllowTraffic", () => failed.#restore());
      this.#end("Succeeded");
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends it where it is, and takes it back where that is wanted. Throws DeploymentAlreadyCompletedException. */
  stop(takeBack?: boolean): void {
    if (!this.isActive)
      throw new AwsError(
        "DeploymentAlreadyCompletedException",
        `The deployment ${this.id} has already completed.`,
      );
    // The request says more than the configuration.
    if (takeBack !== undefined) this.#takeBack = takeBack;
    this.#stopped.abort(
      new Ended(
        "Stopped",
        "MANUAL_STOP",
        "DEPLOYMENT_STOP_ON_REQUEST",
        "The deployment was stopped by a user.",
      ),
    );
  }

  /** Ends a wait. */
  goOn(type: sdk.DeploymentWaitType): void {
    if (this.#continue?.type !== type)
      throw new AwsError(
        "DeploymentIsNotInReadyStateException",
        `The deployment ${this.id} does not wait for ${type}.`,
      );
    this.#continue.go();
  }

  /** A hook's function says how it went. */
  answer(execution: string, status: string): void {
    const tell = this.#hooks.get(execution);
    if (!tell)
      throw new AwsError(
        "InvalidLifecycleEventHookExecutionIdException",
        `No hook of the deployment ${this.id} waits for ${execution}.`,
      );
    if (status !== "Succeeded" && status !== "Failed")
      throw new AwsError(
        "InvalidLifecycleEventHookExecutionStatusException",
        "The status of a lifecycle event hook is Succeeded or Failed.",
      );
    this.#hooks.delete(execution);
    tell(status === "Succeeded");
  }

  /** Ends what it waits for, without a word: the rehearsal ends. */
  close(): void {
    this.#takeBack = false;
    this.#stopped.abort(new Ended("Stopped", "INTERNAL_ERROR", "DEPLOYMENT_STOP_ON_REQUEST", "closed"));
  }

  async #lifecycle(): Promise<void> {
    const [production] = this.#pair?.prodTrafficRoute?.listenerArns ?? [];
    const [test] = this.#pair?.testTrafficRoute?.listenerArns ?? [];
    await this.#hook("BeforeInstall");
    await this.#step("Install", () => this.#install());
    await this.#hook("AfterInstall");
    await this.#step("AllowTestTraffic", async () => {
      if (test) await this.#route(test, 100);
    });
    await this.#hook("AfterAllowTestTraffic");
    await this.#untilReady();
    await this.#hook("BeforeAllowTraffic");
    await this.#step("AllowTraffic", () => this.#shift(production ?? ""));
    await this.#hook("AfterAllowTraffic");
    await this.#terminate();
  }

  async #install(): Promise<void> {
    const { taskSets } = this.#parts;
    const { container, taskDefinition, platformVersion, networkConfiguration, capacityProviderStrategy } =
      this.appSpec;
    const { taskSets: standing = [] } = await taskSets.DescribeTaskSets(this.service);
    const [original, ...leftOver] = standing;
    this.original = required(original);
    this.#sides = await this.#sidesOf(this.original);
    // One that failed and was not taken back holds the target group that is needed now.
    for (const { id } of leftOver)
      await taskSets.DeleteTaskSet({ ...this.service, taskSet: id, force: true });
    await this.#until(
      async () => ((await taskSets.DescribeTaskSets(this.service)).taskSets ?? []).length === 1,
    );
    const { taskSet } = await taskSets.CreateTaskSet({
      ...{ ...this.service, externalId: this.id, taskDefinition },
      ...(platformVersion && { platformVersion }),
      ...(networkConfiguration && { networkConfiguration }),
      ...(capacityProviderStrategy && { capacityProviderStrategy }),
      loadBalancers: [
        {
          targetGroupArn: this.#sides.replacement,
          ...{ containerName: container.name, containerPort: container.port },
        },
      ],
      scale: { value: 100, unit: "PERCENT" },
    });
    this.replacement = required(taskSet);
    await this.#until(async () => (await this.look("replacement"))?.stabilityStatus === "STEADY_STATE");
  }

  /** A task set as it is now; undefined where it is gone. */
  async look(which: "original" | "replacement"): Promise<ecsSdk.TaskSet | undefined> {
    const id = this[which]?.id;
    if (id === undefined) return undefined;
    const { taskSets } = await this.#parts.taskSets.DescribeTaskSets({ ...this.service, taskSets: [id] });
    return taskSets?.[0];
  }

  /** The replacement gets the group that the original does not have. */
  async #sidesOf({ loadBalancers }: ecsSdk.TaskSet): Promise<Sides> {
    const names = (this.#pair?.targetGroups ?? []).map(({ name = "" }) => name);
    const arns = await groupArns(this.#parts.elbv2, names);
    const original = loadBalancers?.[0]?.targetGroupArn ?? "";
    const replacement = arns.find((arn) => arn !== original);
    if (!arns.includes(original) || replacement === undefined)
      throw new AwsError(
        "InvalidTargetGroupPairException",
        `The service's target group ${original} is none of the deployment group's pair.`,
      );
    return { original, replacement };
  }

  async #route(listener: string, percent: number): Promise<void> {
    if (this.#sides) await route(this.#parts.elbv2, { listener, sides: this.#sides, percent });
  }

  async #shift(production: string): Promise<void> {
    for (const { percent, minutes } of this.#shifts) {
      await this.#route(production, percent);
      this.percent = percent;
      if (minutes > 0) await this.#parts.clock.real(minutes * minute, this.#stopped.signal);
    }
    await this.#parts.taskSets.UpdateServicePrimaryTaskSet({
      ...{ ...this.service, primaryTaskSet: this.replacement?.id },
    });
  }

  /** Waits for a person where the group says so, and stops where nobody comes. */
  async #untilReady(): Promise<void> {
    const { deploymentReadyOption: ready } = this.group.settings.blueGreenDeploymentConfiguration ?? {};
    if (ready?.actionOnTimeout !== "STOP_DEPLOYMENT") return;
    this.status = "Ready";
    const isTold = await this.#wait("READY_WAIT", ready.waitTimeInMinutes ?? 0);
    if (!isTold)
      throw new Ended(
        ...(["Stopped", "TIMEOUT", "DEPLOYMENT_STOP_ON_REQUEST"] as const),
        "The deployment was stopped because nobody continued it within the wait time.",
      );
    this.status = "InProgress";
  }

  async #terminate(): Promise<void> {
    const { terminateBlueInstancesOnDeploymentSuccess: end } =
      this.group.settings.blueGreenDeploymentConfiguration ?? {};
    this.isTerminating = true;
    const wait = end?.terminationWaitTimeInMinutes ?? 0;
    if (wait > 0) await this.#wait("TERMINATION_WAIT", wait);
    this.#stopped.signal.throwIfAborted();
    this.#isFinal = true;
    await this.#parts.taskSets.DeleteTaskSet({ ...this.service, taskSet: this.original?.id, force: true });
  }

  /** True when somebody ended the wait, false when its time was over. */
  async #wait(type: sdk.DeploymentWaitType, minutes: number): Promise<boolean> {
    const told = new Promise<boolean>((resolve) => {
      this.#continue = { type, go: () => resolve(true) };
    });
    try {
      return await this.#within(minutes, told);
    } finally {
      this.#continue = undefined;
    }
  }

  /** What was answered, or false when so many minutes were over before. */
  async #within(minutes: number, answered: Promise<boolean>): Promise<boolean> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stopped.signal]);
    const late = this.#parts.clock.real(minutes * minute, signal).then(() => false);
    late.catch(() => {});
    return Promise.race([answered, late]).finally(() => over.abort());
  }

  async #hook(name: LifecycleEventName): Promise<void> {
    const lambda = this.appSpec.hooks[name];
    if (lambda === undefined) {
      this.#event(name).status = "Skipped";
      return;
    }
    await this.#step(name, async () => {
      const execution = Buffer.from(`${randomUUID()} ${name}`).toString("base64");
      const answered = new Promise<boolean>((resolve) => this.#hooks.set(execution, resolve));
      await this.#parts.invoke(lambda, { DeploymentId: this.id, LifecycleEventHookExecutionId: execution });
      const succeeded = await this.#within(patience, answered);
      if (!succeeded)
        throw new Error(`The hook ${lambda} failed, or did not answer within ${patience} minutes.`);
    });
  }

  async #step(name: LifecycleEventName, act: () => Promise<void>): Promise<void> {
    this.#stopped.signal.throwIfAborted();
    const event = this.#event(name);
    event.status = "InProgress";
    event.startTime = this.#parts.clock.now();
    try {
      await act();
      event.status = "Succeeded";
    } catch (error) {
      event.status = "Failed";
      const message = error instanceof Error ? error.message : String(error);
      event.diagnostics = { errorCode: "UnknownError", message, scriptName: "", logTail: "" };
      throw error;
    } finally {
      event.endTime = this.#parts.clock.now();
    }
  }

  #event(name: LifecycleEventName) {
    return this.events[lifecycleEvents.indexOf(name)] ?? {};
  }

  /** Looks until it holds; after an hour CodeDeploy gives up. */
  async #until(holds: () => Promise<boolean>): Promise<void> {
    const { clock } = this.#parts;
    const giveUpAt = clock.now().getTime() + patience * minute;
    while (!(await holds())) {
      if (clock.now().getTime() > giveUpAt)
        throw new Ended(
          ...(["Failed", "TIMEOUT", "DEPLOYMENT_FAILURE"] as const),
          `The deployment timed out while waiting for the replacement task set to become healthy. This time out period is ${patience} minutes.`,
        );
      await clock.delay(lookEvery, this.#stopped.signal);
    }
  }

  /** Never resolves; throws when one of the group's alarms goes off. */
  async #alarms(): Promise<never> {
    const { clock, cloudwatch } = this.#parts;
    const configured = this.input.overrideAlarmConfiguration ?? this.group.settings.alarmConfiguration;
    const names = (configured?.enabled ? (configured.alarms ?? []) : []).map(({ name = "" }) => name);
    if (names.length === 0) return whenAborted(this.#stopped.signal);
    for (;;) {
      const { MetricAlarms = [] } = await cloudwatch.DescribeAlarms({ AlarmNames: names });
      const active = MetricAlarms.find(({ StateValue }) => StateValue === "ALARM");
      if (active)
        throw new Ended(
          ...(["Stopped", "ALARM_ACTIVE", "DEPLOYMENT_STOP_ON_ALARM"] as const),
          `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <${active.AlarmName}>`,
        );
      await clock.delay(lookEvery, this.#stopped.signal);
    }
  }

  /** Ends as what stopped it says, and is taken back where the configuration wants that. */
  async #give(error: unknown, rollBack: (failed: Deployment) => Deployment): Promise<void> {
    const { enabled, events = [] } = this.autoRollback;
    const event = error instanceof Ended ? error.event : "DEPLOYMENT_FAILURE";
    const isWanted = this.#takeBack ?? (enabled === true && events.includes(event));
    const isTakenBack = isWanted && !this.#isFinal;
    this.#fail(error);
    if (!isTakenBack) return;
    const back = rollBack(this);
    const rollbackMessage = `${this.error?.message} It is rolled back by the deployment ${back.id}.`;
    this.rollbackInfo = { rollbackDeploymentId: back.id, rollbackMessage };
    back.rollbackInfo = { rollbackTriggeringDeploymentId: this.id, rollbackMessage };
    await back.takeBack(this);
  }

  async #restore(): Promise<void> {
    const { taskSets } = this.#parts;
    if (!this.original || !this.#sides) return;
    const routes = [this.#pair?.prodTrafficRoute, this.#pair?.testTrafficRoute];
    for (const listener of routes.flatMap((one) => one?.listenerArns ?? [])) await this.#route(listener, 0);
    this.percent = 0;
    await taskSets.UpdateServicePrimaryTaskSet({ ...this.service, primaryTaskSet: this.original.id });
    if (this.replacement)
      await taskSets.DeleteTaskSet({ ...this.service, taskSet: this.replacement.id, force: true });
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.error = { code: error instanceof Ended ? error.code : "HEALTH_CONSTRAINTS", message };
    for (const event of this.events) if (event.status === "Pending") event.status = "Skipped";
    this.#end(error instanceof Ended ? error.status : "Failed");
  }

  #end(status: "Succeeded" | "Failed" | "Stopped"): void {
    this.status = status;
    this.completedAt = this.#parts.clock.now();
    this.group.lastAttempted = this.#last();
  }

  #last(): sdk.LastDeploymentInfo {
    return {
      deploymentId: this.id,
      status: this.status,
      endTime: this.completedAt,
      createTime: this.createdAt,
    };
  }
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("The service has no task set.");
  return value;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
