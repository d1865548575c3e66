import { Type } from "typebox";
import { kinds, stepStatuses, type Deployment } from "../deployments/deployment.ts";
import type { StackView } from "../deployments/stackView.ts";
import { statuses } from "../deployments/status.ts";
import type { ProblemDetails } from "../errors/problem.ts";

/** The name alone: Pulumi takes `organization/project/stack` as well, and it would be another name of the same stack. */
export const stackName = Type.String({
  pattern: "^[A-Za-z0-9_.-]{1,100}$",
  description: "The Pulumi stack, by its name alone.",
});

const time = Type.String({ format: "date-time" });
const colour = Type.Union([Type.Literal("blue"), Type.Literal("green")]);
const weights = Type.Object(
  { blue: Type.Number(), green: Type.Number() },
  { description: "Percent of the traffic." },
);

export const problem = Type.Unsafe<ProblemDetails>(
  Type.Object(
    {
      type: Type.String(),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String({ description: "What happened, with the evidence." }),
      code: Type.String({ description: "Stable; for programs." }),
      next: Type.String({ description: "What to type or do next." }),
      evidence: Type.Optional(Type.Array(Type.String())),
    },
    { title: "Problem", description: "RFC 9457 problem details." },
  ),
);

const step = Type.Object({
  name: Type.String(),
  title: Type.String(),
  status: Type.Enum([...stepStatuses]),
  startedAt: Type.Optional(time),
  finishedAt: Type.Optional(time),
  evidence: Type.Optional(Type.String()),
});

export const deployment = Type.Unsafe<Deployment>(
  Type.Object(
    {
      id: Type.String(),
      kind: Type.Enum([...kinds]),
      stack: Type.String(),
      status: Type.Enum([...statuses]),
      revision: Type.Integer(),
      engine: Type.String(),
      image: Type.Optional(Type.String()),
      pinned: Type.Optional(Type.String()),
      colour: Type.Optional(colour),
      from: Type.Optional(Type.Object({ colour, image: Type.String() })),
      follows: Type.Optional(Type.String()),
      createdAt: time,
      startedAt: Type.Optional(time),
      trafficLiveAt: Type.Optional(time),
      finishedAt: Type.Optional(time),
      undoUntil: Type.Optional(time),
      dueAt: Type.Optional(time),
      migrated: Type.Optional(Type.Union([Type.Literal("compatible"), Type.Literal("incompatible")])),
      weights: Type.Optional(weights),
      steps: Type.Array(step),
      error: Type.Optional(problem),
      undoErrors: Type.Optional(Type.Array(problem)),
      notes: Type.Array(Type.String()),
    },
    { title: "Deployment", description: "One run: a deployment, an undo, a rest or a warm-up." },
  ),
);

const flags = Type.Object({ in: Type.Boolean(), out: Type.Boolean(), scheduled: Type.Boolean() });
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const onColour = Type.Object({
  release: nullable(Type.String()),
  image: nullable(Type.String()),
  taskDefinition: Type.String(),
  tasks: Type.Object({ desired: Type.Integer(), running: Type.Integer(), pending: Type.Integer() }),
  health: Type.Record(Type.String(), Type.Integer()),
  suspended: flags,
});

export const stackView = Type.Unsafe<StackView>(
  Type.Object(
    {
      stack: Type.String(),
      live: nullable(colour),
      weights,
      test: nullable(colour),
      url: Type.String(),
      testUrl: Type.String(),
      colours: Type.Object({ blue: onColour, green: onColour }),
      running: nullable(Type.String()),
      last: nullable(Type.String()),
      undoUntil: nullable(Type.String()),
      drift: Type.Array(Type.String()),
    },
    { title: "Stack" },
  ),
);

/** The answers that any guarded route may give besides its own. */
export const refusals = { "4xx": problem, "5xx": problem };

/** Where the run that a request started, or spoke to, can be watched. */
export const accepted = {
  202: { ...deployment, headers: { location: Type.String() } },
  ...refusals,
};
