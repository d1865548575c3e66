import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { control } from "../deployments/control.ts";
import { deploy } from "../deployments/deploy.ts";
import type { House } from "../deployments/house.ts";
import type { Once } from "../deployments/idempotency.ts";
import { engines } from "../engines/engines.ts";
import { UnknownDeployment } from "../errors/refusals.ts";
import { onBusy } from "../ports/runs.ts";
import { keyed, keyHeader } from "./keyed.ts";
import { accepted, deployment, refusals } from "./schemas.ts";

const seconds = (description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 604_800, description }));

const request = Type.Object(
  {
    stack: Type.String({ minLength: 1, maxLength: 100, description: "The Pulumi stack." }),
    image: Type.String({
      minLength: 1,
      maxLength: 400,
      description: "`shop:1.1`: a tag in the stack's own registry.",
    }),
    engine: Type.Optional(Type.String({ description: `One of: ${engines.join(", ")}.` })),
    shift: Type.Optional(Type.Enum(["all-at-once", "canary", "linear"])),
    shiftPercent: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 99,
        description: "Of a canary's first shift, or of each linear one.",
      }),
    ),
    shiftInterval: seconds("Seconds between two shifts."),
    bake: seconds("Seconds that the new release is watched after the last shift."),
    undoWindow: seconds("Seconds that the old release stays warm."),
    healthyWithin: seconds("Seconds that the staged colour has to become healthy."),
    onBusy: Type.Optional(
      Type.Enum([...onBusy], {
        description:
          "Where another run is at work on the stack: reject (default), queue behind it, or queue and end those that wait already.",
      }),
    ),
  },
  { additionalProperties: false, title: "DeploymentRequest" },
);

const byId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });

export const deploymentRoutes: FastifyPluginCallbackTypebox<{ house: House; once: Once }> = (
  app,
  { house, once },
  done,
) => {
  app.post(
    "/deployments",
    {
      schema: {
        tags: ["deployments"],
        summary: "Deploy a release",
        headers: keyHeader,
        body: request,
        response: accepted,
      },
    },
    async (request, reply) => {
      const given = keyed(request, reply);
      const run = await once(given.key, () => deploy(house, request.body, given));
      return reply.code(202).header("location", `/deployments/${run.id}`).send(run);
    },
  );

  app.get(
    "/deployments/:id",
    {
      schema: {
        tags: ["deployments"],
        summary: "One run with its timeline",
        params: byId,
        response: { 200: deployment, ...refusals },
      },
    },
    async ({ params: { id } }) => {
      const run = await house.runs.get(id);
      if (!run) throw new UnknownDeployment(id);
      return run;
    },
  );

  for (const [kind, summary] of [
    ["cancel", "Stop it and take everything back; a migration under way ends first"],
    ["promote", "Skip the rest of the present wait"],
  ] as const) {
    app.post(
      `/deployments/:id/${kind}`,
      { schema: { tags: ["deployments"], summary, params: byId, response: accepted } },
      async ({ params: { id } }, reply) => {
        const run = await control(house, id, { kind });
        return reply.code(202).header("location", `/deployments/${run.id}`).send(run);
      },
    );
  }
  done();
};
