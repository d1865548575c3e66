import { setTimeout as sleep } from "node:timers/promises";
import { stack } from "../../scripts/pulumiEnvironment.ts";
import type { Deployment } from "../../service/deployments/deployment.ts";
import type { StackView } from "../../service/deployments/stackView.ts";
import type { AnyInstance } from "./anyInstance.ts";
import { nextImage } from "./person.ts";

/** A run from its start to its end, and what has to be there before it. */
export interface Course {
  readonly name: string;
  /** What it records and asks AWS something for, from the first step that another course does not have. */
  readonly steps: readonly string[];
  /** What its steps change at AWS each time, by its operation: such a step is cut off there. */
  readonly writes?: Readonly<Record<string, string>>;
  /** The step in which Pulumi updates the stack, and which update of the run that is. */
  readonly updates?: { readonly in: string; readonly nth: number };
  /** Steps after these, which another course has. */
  readonly then?: readonly string[];
  readonly ends: Deployment["status"];
  prepare?(service: AnyInstance): Promise<void>;
  begin(service: AnyInstance): Promise<Deployment>;
}

/** Steps that ask the same again and again. */
export const waits: readonly string[] = ["healthy", "watch-20", "bake"];

const canary = { shift: "canary", shiftPercent: 20, shiftInterval: 1, bake: 1, undoWindow: 900 } as const;

const rolling = { engine: "rolling", bake: 1, undoWindow: 900 } as const;

/** Each leaves what the next one needs, however often it is carried out. */
export const courses: readonly Course[] = [
  {
    name: "a canary",
    steps: [
      ...["check-image", "stage", "healthy", "smoke", "migrate", "smoke-again"],
      ...["shift-20", "watch-20", "shift", "bake"],
    ],
    writes: {
      ...{ stage: "UpdateService", smoke: "ModifyRule", migrate: "RunTask" },
      ...{ "shift-20": "ModifyRule", shift: "ModifyRule" },
    },
    updates: { in: "stage", nth: 1 },
    ends: "succeeded",
    begin: (service) => deploy(service, canary),
  },
  {
    name: "a canary that is cancelled while it is watched",
    steps: ["undo shift-20", "undo stage"],
    writes: { "undo shift-20": "ModifyRule", "undo stage": "UpdateService" },
    updates: { in: "undo stage", nth: 2 },
    ends: "cancelled",
    begin: async (service) => {
      const { id } = await deploy(service, { ...canary, shiftInterval: 60 });
      await untilIn(service, id, "watch-20");
      return service.ask("POST", `/deployments/${id}/cancel`);
    },
  },
  {
    name: "warming the idle colour",
    steps: ["warm", "healthy"],
    writes: { warm: "UpdateService" },
    ends: "succeeded",
    prepare: rested,
    begin: (service) => service.ask("POST", `/stacks/${stack}/warm-idle`),
  },
  {
    name: "resting the idle colour",
    steps: ["look", "rest", "tidy"],
    writes: { rest: "UpdateService" },
    ends: "succeeded",
    prepare: (service) => ended(service, service.ask("POST", `/stacks/${stack}/warm-idle`)),
    begin: (service) => service.ask("POST", `/stacks/${stack}/rest-idle`),
  },
  {
    name: "an undo while the former colour is warm",
    steps: ["shift", "rest"],
    writes: { shift: "ModifyRule", rest: "UpdateService" },
    ends: "succeeded",
    prepare: deployed,
    begin: (service) => service.ask("POST", `/stacks/${stack}/undo`, {}),
  },
  {
    name: "an undo from zero tasks",
    steps: ["warm", "healthy"],
    then: ["shift", "rest"],
    writes: { warm: "UpdateService" },
    ends: "succeeded",
    prepare: async (service) => {
      await deployed(service);
      await rested(service);
    },
    begin: (service) => service.ask("POST", `/stacks/${stack}/undo`, {}),
  },
  {
    name: "a rolling deployment",
    steps: ["register", "migrate", "smoke-former", "roll", "healthy", "smoke", "bake"],
    writes: { migrate: "RunTask" },
    updates: { in: "roll", nth: 2 },
    ends: "succeeded",
    begin: (service) => deploy(service, rolling),
  },
  {
    name: "a rolling deployment that is cancelled while it is watched",
    steps: ["undo roll", "undo register"],
    writes: { "undo roll": "UpdateService" },
    updates: { in: "undo roll", nth: 3 },
    ends: "cancelled",
    begin: async (service) => {
      const { id } = await deploy(service, { ...rolling, bake: 60 });
      await untilIn(service, id, "bake");
      return service.ask("POST", `/deployments/${id}/cancel`);
    },
  },
  {
    name: "the undo of a rolling deployment",
    steps: ["go-back", "healthy", "record"],
    writes: { "go-back": "UpdateService" },
    updates: { in: "record", nth: 1 },
    ends: "succeeded",
    prepare: (service) => ended(service, deploy(service, { ...rolling, bake: 0 })),
    begin: (service) => service.ask("POST", `/stacks/${stack}/undo`, {}),
  },
];

async function deploy(service: AnyInstance, how: object): Promise<Deployment> {
  const { live, colours } = await service.ask<StackView>("GET", `/stacks/${stack}`);
  const image = nextImage(colours[live ?? "blue"].release);
  return service.ask("POST", "/deployments", { stack, image, ...how });
}

async function deployed(service: AnyInstance): Promise<void> {
  await ended(service, deploy(service, { bake: 0, undoWindow: 900 }));
}

async function rested(service: AnyInstance): Promise<void> {
  await ended(service, service.ask("POST", `/stacks/${stack}/rest-idle`));
}

async function ended(service: AnyInstance, begun: Promise<Deployment>): Promise<void> {
  const { status, error } = await service.untilEnded((await begun).id);
  if (status !== "succeeded") throw new Error(`${status}: ${error?.detail ?? ""}`);
}

async function untilIn(service: AnyInstance, id: string, step: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const { steps, status } = await service.ask<Deployment>("GET", `/deployments/${id}`);
    if (steps.some(({ name, status: at }) => name === step && at === "running")) return;
    if ((status !== "queued" && status !== "running") || Date.now() > until)
      throw new Error(`it is ${status} and never came to ${step}`);
    await sleep(50);
  }
}
